package dev.situ.udp;

/// How link addresses are found out and forgotten.
///
/// @param expiryNanos how long an address is believed after it was last heard; when a quarter of it is left, its use
///        makes the stack ask again
/// @param retryNanos how long an answer is waited for before the question is asked again
/// @param tries how often it is asked before the datagrams that wait are dropped
/// @param waitingPackets how many datagrams to one address wait for its answer, at each poller; more push out the
///        oldest
/// @param waitingAddresses how many addresses are waited for at once, at each poller
/// @param tableEntries how many addresses are known at once; more push out the one heard longest ago
public record ArpOptions(
        long expiryNanos, long retryNanos, int tries, int waitingPackets, int waitingAddresses, int tableEntries) {
    private static final long SECOND = 1_000_000_000L;

    /// Checks the numbers.
    ///
    /// @throws IllegalArgumentException if one is not positive
    public ArpOptions {
        requirePositive("expiryNanos", expiryNanos);
        requirePositive("retryNanos", retryNanos);
        requirePositive("tries", tries);
        requirePositive("waitingPackets", waitingPackets);
        requirePositive("waitingAddresses", waitingAddresses);
        requirePositive("tableEntries", tableEntries);
    }

    /// A minute of belief, three questions a second apart, 64 datagrams to each of 16 addresses, 1024 entries.
    public static ArpOptions defaults() {
        return new ArpOptions(60 * SECOND, SECOND, 3, 64, 16, 1024);
    }

    private static void requirePositive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " is positive, not " + value);
        }
    }
}
