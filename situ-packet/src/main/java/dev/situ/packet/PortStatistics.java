package dev.situ.packet;

/// Counts of a [Port] since its start.
///
/// @param received packets delivered
/// @param receivedBytes their bytes, Ethernet header included
/// @param sent packets taken
/// @param sentBytes their bytes
/// @param receiveMissed packets that came while no buffer or no room was free
/// @param receiveErrors packets that came damaged, as far as the port knows
/// @param sendErrors packets that were taken and then failed
public record PortStatistics(
        long received,
        long receivedBytes,
        long sent,
        long sentBytes,
        long receiveMissed,
        long receiveErrors,
        long sendErrors) {
    /// The sums of this and `other`.
    public PortStatistics plus(PortStatistics other) {
        return new PortStatistics(
                received + other.received,
                receivedBytes + other.receivedBytes,
                sent + other.sent,
                sentBytes + other.sentBytes,
                receiveMissed + other.receiveMissed,
                receiveErrors + other.receiveErrors,
                sendErrors + other.sendErrors);
    }
}
