package dev.situ.r2p2;

/// Counts of a [ReliableClient] since its start.
///
/// @param started calls started
/// @param succeeded calls that ended with a response
/// @param refused calls that the server refused
/// @param timedOut calls that ended without an answer in time
/// @param outcomeUnknown calls that ended because the server did not know the session any more
/// @param failed calls that ended in another way
/// @param outstanding calls now
/// @param sessions sessions that were opened
/// @param requestPackets packets of requests sent, repetitions included
/// @param retransmitted packets of requests sent again
/// @param acks ACKs sent
/// @param duplicates packets of responses that were here before
/// @param malformed packets ignored because they are not of the format, or do not fit their message
/// @param foreign packets ignored because they came from another address than the server's
/// @param unknown packets ignored because they belong to no session or call that is outstanding
/// @param outOfBuffers packets ignored because the stack had no buffer to keep them in
/// @param unsent packets that the sender had no room for
/// @param roundTripNanos the smoothed round trip, or 0 if none was measured in this session
/// @param window how many packets may be unacknowledged now
public record ReliableClientStatistics(
        long started,
        long succeeded,
        long refused,
        long timedOut,
        long outcomeUnknown,
        long failed,
        long outstanding,
        long sessions,
        long requestPackets,
        long retransmitted,
        long acks,
        long duplicates,
        long malformed,
        long foreign,
        long unknown,
        long outOfBuffers,
        long unsent,
        long roundTripNanos,
        long window) {}
