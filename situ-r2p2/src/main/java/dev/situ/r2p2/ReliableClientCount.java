package dev.situ.r2p2;

/// What a [ReliableClient] counts; [ReliableClientStatistics] tells what each means.
enum ReliableClientCount {
    STARTED,
    SUCCEEDED,
    REFUSED,
    TIMED_OUT,
    OUTCOME_UNKNOWN,
    FAILED,
    OUTSTANDING,
    SESSIONS,
    REQUEST_PACKETS,
    RETRANSMITTED,
    ACKS,
    DUPLICATES,
    MALFORMED,
    FOREIGN,
    UNKNOWN,
    OUT_OF_BUFFERS,
    UNSENT,
    ROUND_TRIP,
    WINDOW
}
