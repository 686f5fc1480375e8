package dev.situ.r2p2;

/// What a server counts of the reliable mode; [ReliableServerStatistics] tells what each means.
enum ReliableServerCount {
    EXECUTED,
    REFUSED,
    TOO_LARGE,
    OPENS,
    OPENED,
    RESETS,
    EVICTED,
    EXPIRED,
    GIVEN_UP,
    RESPONSE_PACKETS,
    ACKS,
    RETRANSMITTED,
    TIME_OUTS,
    DUPLICATES,
    FINISHED,
    POSTPONED,
    OUT_OF_BUFFERS,
    UNSENT,
    MALFORMED,
    SESSIONS,
    CALLS,
    UNFINISHED,
    UNFINISHED_BYTES,
    RETAINED_BYTES
}
