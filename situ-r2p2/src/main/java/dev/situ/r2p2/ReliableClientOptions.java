package dev.situ.r2p2;

import static dev.situ.r2p2.Range.require;

/// How a [ReliableClient] behaves.
///
/// @param maxOutstanding the most calls that have not ended at once: 1 to 65536. As many as the server allows are
///     under way; the others wait in the client
/// @param maxResponseBytes the most bytes of a response
/// @param giveUpNanos for how long nothing may be heard from a server that was asked again and again before its
///     session is given up: longer than the server may execute one request, for it is silent then. Of several
///     servers, the next is asked for a session after a quarter of that
/// @param reopenNanos after how long without a word a new session is opened rather than the old one used: less than
///     the server keeps an idle one for
/// @param ackDelayNanos how long the acknowledgement of responses may wait for a request to go with
public record ReliableClientOptions(
        int maxOutstanding, long maxResponseBytes, long giveUpNanos, long reopenNanos, long ackDelayNanos) {
    /// 1024 calls; responses of 95 MB; 10 seconds to give up, 20 to open a new session; acknowledgements within a
    /// millisecond.
    public static final ReliableClientOptions DEFAULTS = new ReliableClientOptions(
            1024, ReliableHeader.MAX_MESSAGE_BYTES, 10_000_000_000L, 20_000_000_000L, 1_000_000L);

    private static final int MOST_OUTSTANDING = 1 << 16;

    /// Checks the values.
    ///
    /// @throws IllegalArgumentException if one is out of its range
    public ReliableClientOptions {
        require(maxOutstanding >= 1 && maxOutstanding <= MOST_OUTSTANDING, "maxOutstanding", maxOutstanding);
        require(maxResponseBytes >= 0, "maxResponseBytes", maxResponseBytes);
        require(giveUpNanos > 0, "giveUpNanos", giveUpNanos);
        require(reopenNanos > 0, "reopenNanos", reopenNanos);
        require(ackDelayNanos >= 0, "ackDelayNanos", ackDelayNanos);
    }

    /// The same with another number of calls.
    public ReliableClientOptions withMaxOutstanding(int calls) {
        return new ReliableClientOptions(calls, maxResponseBytes, giveUpNanos, reopenNanos, ackDelayNanos);
    }

    /// The same with another time to give up.
    public ReliableClientOptions withGiveUp(long nanos) {
        return new ReliableClientOptions(maxOutstanding, maxResponseBytes, nanos, reopenNanos, ackDelayNanos);
    }
}
