package dev.situ.udp;

/// Counts of a [UdpStack] since its start.
///
/// @param received datagrams handed to handlers
/// @param receivedBytes their payload bytes
/// @param sent datagrams given to the kernel or the driver
/// @param sentBytes their payload bytes
/// @param receiveTruncated dropped because they were larger than the receive buffer
/// @param sendDropped dropped because the kernel or the driver did not take them
/// @param handlerFailures bursts whose handler threw
/// @param retained buffers that are retained now
public record UdpStatistics(
        long received,
        long receivedBytes,
        long sent,
        long sentBytes,
        long receiveTruncated,
        long sendDropped,
        long handlerFailures,
        long retained) {}
