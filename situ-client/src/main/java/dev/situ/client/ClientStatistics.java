package dev.situ.client;

/// Counts of a [SituClient] since its start. What a mode does not have is 0.
///
/// @param started calls started
/// @param succeeded calls that ended with a reply
/// @param refused calls that the server refused
/// @param timedOut calls that ended without an answer in time
/// @param outcomeUnknown calls that ended because the server had forgotten their session
/// @param failed calls that ended in another way
/// @param outstanding calls now
/// @param sessions sessions that were opened
/// @param retransmitted packets of requests sent again
/// @param duplicates packets of responses that were here before
/// @param ignored packets that belong to nothing, or are none of the protocol
/// @param roundTripNanos the smoothed round trip of the present session
public record ClientStatistics(
        long started,
        long succeeded,
        long refused,
        long timedOut,
        long outcomeUnknown,
        long failed,
        long outstanding,
        long sessions,
        long retransmitted,
        long duplicates,
        long ignored,
        long roundTripNanos) {}
