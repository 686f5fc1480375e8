package dev.situ.socket;

/// The settings of a [SocketUdpStack].
///
/// @param queues sockets for each bound port, each polled by one thread: 1 to 256
/// @param busyPoll whether [SocketQueue#await] returns at once instead of sleeping
/// @param gro whether to ask the kernel for many datagrams in one message (`UDP_GRO`)
/// @param gso whether to hand many datagrams to the kernel in one message (`UDP_SEGMENT`)
/// @param maxPayload the largest datagram that is sent, in bytes: 1 to 65507; 1472 is not fragmented on Ethernet
/// @param bufferBytes the bytes of a receive buffer: at least 65536 with `gro`, at least 512 without
/// @param buffersPerQueue receive buffers for each queue and bound port: 128 to 65536; all but 64 can be retained
/// @param smallBuffersPerQueue buffers of 2 KiB that lone retained datagrams are moved to: 1 to 1048575
/// @param socketReceiveBytes what the kernel may queue for each socket (`SO_RCVBUF`); the kernel may give less
/// @param socketSendBytes what may be under way from each socket (`SO_SNDBUF`); the kernel may give less
public record SocketStackOptions(
        int queues,
        boolean busyPoll,
        boolean gro,
        boolean gso,
        int maxPayload,
        int bufferBytes,
        int buffersPerQueue,
        int smallBuffersPerQueue,
        int socketReceiveBytes,
        int socketSendBytes) {
    /// The largest payload of a UDP datagram over IPv4.
    public static final int LARGEST_PAYLOAD = 65507;

    private static final int GRO_BUFFER_BYTES = 65536;
    private static final int LARGE_BUFFERS = 512;

    /// Checks the settings.
    ///
    /// @throws IllegalArgumentException if one is out of its range
    public SocketStackOptions {
        requireRange("queues", queues, 1, 256);
        requireRange("maxPayload", maxPayload, 1, LARGEST_PAYLOAD);
        requireRange("bufferBytes", bufferBytes, gro ? GRO_BUFFER_BYTES : 512, 1 << 20);
        requireRange("buffersPerQueue", buffersPerQueue, 2 * Receiver.SLOTS, 1 << 16);
        requireRange("smallBuffersPerQueue", smallBuffersPerQueue, 1, (1 << 20) - 1);
        requireRange("socketReceiveBytes", socketReceiveBytes, 1, Integer.MAX_VALUE / 2);
        requireRange("socketSendBytes", socketSendBytes, 1, Integer.MAX_VALUE / 2);
    }

    /// One queue, GRO and GSO, datagrams up to 1472 bytes, 512 buffers of 64 KiB and 8192 of 2 KiB, 4 MiB in the
    /// kernel each way.
    public static SocketStackOptions defaults() {
        return new SocketStackOptions(
                1, false, true, true, 1472, GRO_BUFFER_BYTES, LARGE_BUFFERS, 8192, 4 << 20, 4 << 20);
    }

    /// The same with another number of queues.
    public SocketStackOptions withQueues(int queues) {
        return new SocketStackOptions(
                queues,
                busyPoll,
                gro,
                gso,
                maxPayload,
                bufferBytes,
                buffersPerQueue,
                smallBuffersPerQueue,
                socketReceiveBytes,
                socketSendBytes);
    }

    /// The same, never sleeping or sleeping.
    public SocketStackOptions withBusyPoll(boolean busyPoll) {
        return new SocketStackOptions(
                queues,
                busyPoll,
                gro,
                gso,
                maxPayload,
                bufferBytes,
                buffersPerQueue,
                smallBuffersPerQueue,
                socketReceiveBytes,
                socketSendBytes);
    }

    /// The same with or without many datagrams in one message, each way.
    public SocketStackOptions withOffload(boolean gro, boolean gso) {
        return new SocketStackOptions(
                queues,
                busyPoll,
                gro,
                gso,
                maxPayload,
                bufferBytes,
                buffersPerQueue,
                smallBuffersPerQueue,
                socketReceiveBytes,
                socketSendBytes);
    }

    /// The same with another largest datagram to send.
    public SocketStackOptions withMaxPayload(int maxPayload) {
        return new SocketStackOptions(
                queues,
                busyPoll,
                gro,
                gso,
                maxPayload,
                bufferBytes,
                buffersPerQueue,
                smallBuffersPerQueue,
                socketReceiveBytes,
                socketSendBytes);
    }

    /// The same with other receive buffers.
    public SocketStackOptions withBuffers(int bufferBytes, int buffersPerQueue, int smallBuffersPerQueue) {
        return new SocketStackOptions(
                queues,
                busyPoll,
                gro,
                gso,
                maxPayload,
                bufferBytes,
                buffersPerQueue,
                smallBuffersPerQueue,
                socketReceiveBytes,
                socketSendBytes);
    }

    /// The same with room to retain a message of 64 MiB that comes in single packets. What is not used takes no
    /// memory.
    public SocketStackOptions withRoomForLongMessages() {
        return withBuffers(GRO_BUFFER_BYTES, LARGE_BUFFERS, 1 << 16);
    }

    /// The same with other sizes of the kernel's queues.
    public SocketStackOptions withSocketBytes(int receive, int send) {
        return new SocketStackOptions(
                queues,
                busyPoll,
                gro,
                gso,
                maxPayload,
                bufferBytes,
                buffersPerQueue,
                smallBuffersPerQueue,
                receive,
                send);
    }

    private static void requireRange(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " is " + least + " to " + most + ", not " + value);
        }
    }
}
