package dev.situ.r2p2;

/// Counts of an [R2p2Client] since its start.
///
/// @param started calls started
/// @param succeeded calls that ended with a response
/// @param refused calls that the server refused
/// @param timedOut calls that ended without an answer in time
/// @param failed calls that ended in another way
/// @param outstanding calls now
/// @param malformed packets ignored because they are not of the format, or do not fit their message
/// @param unknown packets ignored because no call with their id is outstanding: late, or not ours
/// @param foreign packets ignored because they came from another address than the server's
/// @param unexpected packets ignored because their type does not fit the call's state
/// @param duplicates packets ignored because they were here before
public record R2p2ClientStatistics(
        long started,
        long succeeded,
        long refused,
        long timedOut,
        long failed,
        long outstanding,
        long malformed,
        long unknown,
        long foreign,
        long unexpected,
        long duplicates) {}
