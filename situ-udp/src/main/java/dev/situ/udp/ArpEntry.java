package dev.situ.udp;

/// What is known about the link address of one IP address. The address does not change: another one is another
/// entry. Read by all pollers.
final class ArpEntry {
    /// The link address of an entry that only says that the question was asked.
    static final long ASKED = 0;

    final int ip;
    final long mac;
    private volatile long heardNanos;
    private volatile long askedNanos;

    ArpEntry(int ip, long mac, long nowNanos) {
        this.ip = ip;
        this.mac = mac;
        this.heardNanos = nowNanos;
        this.askedNanos = nowNanos;
    }

    void hear(long nowNanos) {
        heardNanos = nowNanos;
    }

    long age(long nowNanos) {
        return nowNanos - heardNanos;
    }

    /// Whether it is time for the calling poller to ask whether the address still holds. Two pollers may both be
    /// told so; then two ask.
    boolean mayAsk(long nowNanos, long retryNanos) {
        if (nowNanos - askedNanos < retryNanos) {
            return false;
        }
        askedNanos = nowNanos;
        return true;
    }
}
