package dev.situ.r2p2;

/// What an [R2p2Client] counts; [R2p2ClientStatistics] tells what each means.
enum ClientCount {
    STARTED,
    SUCCEEDED,
    REFUSED,
    TIMED_OUT,
    FAILED,
    OUTSTANDING,
    MALFORMED,
    UNKNOWN,
    FOREIGN,
    UNEXPECTED,
    DUPLICATES
}
