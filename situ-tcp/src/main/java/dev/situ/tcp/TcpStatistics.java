package dev.situ.tcp;

/// What a [TcpServer] has done since it started. A snapshot: the numbers are read one after the other.
///
/// @param accepted connections that were accepted
/// @param current connections that are open now
/// @param rejected connections that were turned away because there were too many
/// @param closedByLimit connections closed because their client left too much unread
/// @param failures connections closed because of an internal error
/// @param acceptErrors times that the kernel refused to give a connection (out of file descriptors)
/// @param bytesIn bytes received
/// @param bytesOut bytes of replies that the kernel has taken
/// @param buffers pieces of memory that hold input or output just now, or wait for input: one for each open
///         connection over io_uring; 0 when there is no connection
/// @param pinned stored values that are being sent just now
public record TcpStatistics(
        long accepted,
        int current,
        long rejected,
        long closedByLimit,
        long failures,
        long acceptErrors,
        long bytesIn,
        long bytesOut,
        int buffers,
        int pinned) {}
