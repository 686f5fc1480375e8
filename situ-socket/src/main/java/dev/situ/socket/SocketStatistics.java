package dev.situ.socket;

/// How well the kernel was used by a [SocketUdpStack] since its start. A *message* is what one `struct msghdr`
/// moves: one datagram, or many of equal size to or from one peer.
///
/// @param receiveCalls calls of `recvmmsg` that brought something
/// @param receivedMessages messages received; datagrams received by messages is what `UDP_GRO` gains
/// @param receiveErrors calls of `recvmmsg` that failed
/// @param sendCalls calls of `sendmmsg` that took something
/// @param sentMessages messages sent; datagrams sent by messages is what `UDP_SEGMENT` gains
/// @param sendWaits times that the socket's send buffer was full and the poller waited for it
/// @param segmentationRefused messages that the kernel refused to cut, and that went one by one
/// @param sleeps times that a poller slept in the kernel
/// @param retainRefused datagrams that could not be retained for want of a buffer
/// @param kernelDropped datagrams that the kernel dropped because a receive buffer was full
/// @param socketReceiveBytes the smallest receive buffer that the kernel gave a socket (it counts its own
///         overhead in it, and gives twice what is asked for), or 0 if nothing is bound
public record SocketStatistics(
        long receiveCalls,
        long receivedMessages,
        long receiveErrors,
        long sendCalls,
        long sentMessages,
        long sendWaits,
        long segmentationRefused,
        long sleeps,
        long retainRefused,
        long kernelDropped,
        long socketReceiveBytes) {}
