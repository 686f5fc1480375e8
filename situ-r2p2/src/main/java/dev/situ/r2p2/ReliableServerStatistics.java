package dev.situ.r2p2;

/// Counts of the reliable mode of an [R2p2Server] since its start, over all queues.
///
/// @param executed requests that the handler was called with
/// @param refused requests answered with a DROP: nothing was executed
/// @param tooLarge responses that were larger than may be sent, and were replaced
/// @param opens clients that asked for a session
/// @param opened sessions that began, with their first request
/// @param resets packets of unknown sessions, answered with a RESET
/// @param evicted sessions ended to make room for new ones
/// @param expired sessions ended because nothing was heard of them for long
/// @param givenUp calls whose bytes were given up because nothing was heard of their session
/// @param responsePackets packets of responses sent, repetitions included
/// @param acks ACKs sent
/// @param retransmitted packets of responses sent again
/// @param timeOuts how often no acknowledgement came in time
/// @param duplicates packets that were here before
/// @param finished packets of calls that the client had finished before
/// @param postponed requests ignored for want of room, so that the client sends them again
/// @param outOfBuffers packets ignored because the stack had no buffer to keep them in
/// @param unsent packets that the sender had no room for
/// @param malformed packets ignored because they are not of the format, or do not fit their message or session
/// @param sessions sessions now
/// @param calls calls of which something is known now
/// @param unfinished requests of which packets are missing now
/// @param unfinishedBytes the bytes that unfinished requests have announced, now
/// @param retainedBytes the bytes of responses that are kept now
public record ReliableServerStatistics(
        long executed,
        long refused,
        long tooLarge,
        long opens,
        long opened,
        long resets,
        long evicted,
        long expired,
        long givenUp,
        long responsePackets,
        long acks,
        long retransmitted,
        long timeOuts,
        long duplicates,
        long finished,
        long postponed,
        long outOfBuffers,
        long unsent,
        long malformed,
        long sessions,
        long calls,
        long unfinished,
        long unfinishedBytes,
        long retainedBytes) {}
