package dev.situ.r2p2;

import static dev.situ.r2p2.Range.require;

/// How an [R2p2Server] behaves in reliable mode. All limits are for each queue.
///
/// @param credit how many requests of a session may be outstanding: a power of two from 1 to 4096
/// @param maxSessions the most sessions at once
/// @param maxCalls the most calls of which anything is known at once; further requests have to wait
/// @param maxMessageBytes the most bytes of a request or a response
/// @param maxUnfinishedBytes the most bytes that requests of which packets are missing may have together, as they
///     announce them; further ones are refused
/// @param maxRetainedBytes at how many bytes of responses that are not acknowledged further requests are refused
/// @param maxCopiedBytes the most memory for those bytes of responses that nobody owns
/// @param silenceNanos how long after a session was last heard of its unfinished requests and responses are given up
/// @param idleNanos how long after it was last heard of a session is forgotten: at least what its id is good for
/// @param cookiePeriodShift an id opens a session for one to two periods of two to this power nanoseconds
public record ReliableServerOptions(
        int credit,
        int maxSessions,
        int maxCalls,
        long maxMessageBytes,
        long maxUnfinishedBytes,
        long maxRetainedBytes,
        long maxCopiedBytes,
        long silenceNanos,
        long idleNanos,
        int cookiePeriodShift) {
    /// 256 requests outstanding in each of 4096 sessions, 16384 together; messages of 65 MiB; 80 MiB unfinished,
    /// 256 MiB retained, 32 MiB of those copied; 5 seconds of silence, a minute without a word; ids for about 9 to
    /// 17 seconds.
    public static final ReliableServerOptions DEFAULTS = new ReliableServerOptions(
            256, 4096, 1 << 14, 65L << 20, 80L << 20, 256L << 20, 32L << 20, 5_000_000_000L, 60_000_000_000L, 33);

    private static final int MOST_CREDIT = 4096;
    private static final int MOST_SHIFT = 40;

    /// Checks the values.
    ///
    /// @throws IllegalArgumentException if one is out of its range
    public ReliableServerOptions {
        require(credit >= 1 && credit <= MOST_CREDIT && Integer.bitCount(credit) == 1, "credit", credit);
        require(maxSessions >= 1 && maxSessions <= 1 << 20, "maxSessions", maxSessions);
        require(maxCalls >= 1 && maxCalls <= 1 << 24, "maxCalls", maxCalls);
        require(
                maxMessageBytes >= 1 && maxMessageBytes <= ReliableHeader.MAX_MESSAGE_BYTES,
                "maxMessageBytes",
                maxMessageBytes);
        require(maxUnfinishedBytes >= 0, "maxUnfinishedBytes", maxUnfinishedBytes);
        require(maxRetainedBytes >= 1, "maxRetainedBytes", maxRetainedBytes);
        require(
                maxCopiedBytes >= 4L * BlockPool.BLOCK_BYTES && maxCopiedBytes >> 32 == 0,
                "maxCopiedBytes",
                maxCopiedBytes);
        require(silenceNanos >= 1, "silenceNanos", silenceNanos);
        require(cookiePeriodShift >= 1 && cookiePeriodShift <= MOST_SHIFT, "cookiePeriodShift", cookiePeriodShift);
        require(idleNanos >= 2L << cookiePeriodShift && idleNanos >= silenceNanos, "idleNanos", idleNanos);
    }

    /// The same with other numbers of requests, sessions and calls.
    public ReliableServerOptions withCounts(int credit, int maxSessions, int maxCalls) {
        return new ReliableServerOptions(
                credit,
                maxSessions,
                maxCalls,
                maxMessageBytes,
                maxUnfinishedBytes,
                maxRetainedBytes,
                maxCopiedBytes,
                silenceNanos,
                idleNanos,
                cookiePeriodShift);
    }

    /// The same with other limits on bytes.
    public ReliableServerOptions withBytes(long maxMessage, long maxUnfinished, long maxRetained, long maxCopied) {
        return new ReliableServerOptions(
                credit,
                maxSessions,
                maxCalls,
                maxMessage,
                maxUnfinished,
                maxRetained,
                maxCopied,
                silenceNanos,
                idleNanos,
                cookiePeriodShift);
    }

    /// The same with other times.
    public ReliableServerOptions withTimes(long silenceNanos, long idleNanos, int cookiePeriodShift) {
        return new ReliableServerOptions(
                credit,
                maxSessions,
                maxCalls,
                maxMessageBytes,
                maxUnfinishedBytes,
                maxRetainedBytes,
                maxCopiedBytes,
                silenceNanos,
                idleNanos,
                cookiePeriodShift);
    }
}
