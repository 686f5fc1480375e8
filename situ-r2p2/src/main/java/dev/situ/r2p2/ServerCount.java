package dev.situ.r2p2;

/// What an [R2p2Server] counts; [R2p2ServerStatistics] tells what each means.
enum ServerCount {
    EXECUTED,
    RESPONSE_PACKETS,
    ACKS,
    REFUSED,
    TOO_LARGE,
    FEEDBACKS,
    UNSENT,
    REPLACED,
    TIMED_OUT,
    OUT_OF_BUFFERS,
    UNFINISHED,
    UNFINISHED_BYTES,
    FOREIGN,
    TOO_SHORT,
    BAD_MAGIC,
    BAD_SIZE,
    BAD_TYPE,
    BAD_FLAGS,
    BAD_PAYLOAD,
    BAD_ORDER,
    UNEXPECTED_TYPE,
    ORPHANS,
    DUPLICATES
}
