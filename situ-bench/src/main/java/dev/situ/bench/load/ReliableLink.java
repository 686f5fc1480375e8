package dev.situ.bench.load;

import dev.situ.memory.Consumes;
import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import dev.situ.r2p2.CallStart;
import dev.situ.r2p2.CallStatus;
import dev.situ.r2p2.Completion;
import dev.situ.r2p2.ReliableClient;
import dev.situ.r2p2.ReliableClientOptions;
import dev.situ.r2p2.ReliableClientStatistics;
import dev.situ.socket.SocketStackOptions;
import dev.situ.socket.SocketUdpStack;
import dev.situ.udp.PeerAddress;
import dev.situ.udp.UdpQueue;
import dev.situ.udp.UdpSender;
import dev.situ.udp.UdpStack;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/// R2P2 in reliable mode over kernel UDP. What is sent between two turns leaves together.
public final class ReliableLink implements Link {
    /// Long: a latency belongs into the histogram, however bad it is.
    private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final UdpStack stack;
    private final UdpQueue queue;
    private final UdpSender sender;
    private final ReliableClient client;
    private final Completion completion = this::complete;
    private Answers answers = (_, _) -> {};

    /// @param stack one queue, *consumed*
    private ReliableLink(@Consumes UdpStack stack, InetAddress local, InetSocketAddress server, int slots)
            throws IOException {
        this.stack = stack;
        ReliableClientOptions options = ReliableClientOptions.DEFAULTS.withMaxOutstanding(slots);
        client = new ReliableClient(new long[] {PeerAddress.of(server)}, options, System::nanoTime);
        try {
            stack.bind(new InetSocketAddress(local, 0), client);
        } catch (IOException | RuntimeException e) {
            stack.close();
            throw e;
        }
        queue = stack.queue(0);
        sender = queue.sender();
        client.beginCalls();
    }

    /// Opens a way to `server` over kernel UDP.
    public static ReliableLink open(InetSocketAddress server, int slots) throws IOException {
        return over(new SocketUdpStack(SocketStackOptions.defaults().withRoomForLongMessages()), server, slots);
    }

    /// Opens a way to `server` over a kernel's stack of one queue, which is *consumed*.
    public static ReliableLink over(@Consumes UdpStack stack, InetSocketAddress server, int slots) throws IOException {
        InetAddress host = server.getAddress();
        InetAddress local =
                host != null && host.isLoopbackAddress() ? host : InetAddress.getByAddress(new byte[Integer.BYTES]);
        return over(stack, local, server, slots);
    }

    /// Opens a way to `server` over a stack of one queue, which is *consumed*.
    ///
    /// @param local an address of the stack
    public static ReliableLink over(@Consumes UdpStack stack, InetAddress local, InetSocketAddress server, int slots)
            throws IOException {
        return new ReliableLink(stack, local, server, slots);
    }

    @Override
    public boolean send(MemorySegment request, int length, int slot) {
        long deadline = System.nanoTime() + TIMEOUT_NANOS;
        CallStart start = client.call(sender, request, 0, length, deadline, completion, slot);
        return switch (start) {
            case STARTED -> true;
            case BUSY, NO_ROOM -> false;
            case TOO_LARGE, CLOSED -> throw new IllegalStateException("a request of " + length + " bytes: " + start);
        };
    }

    @Override
    public void turn(Answers answers) {
        this.answers = answers;
        client.endCalls(sender);
        sender.flush();
        queue.poll();
        client.tick(sender);
        sender.flush();
        client.beginCalls();
    }

    private void complete(long slot, CallStatus status, SliceList response) {
        answers.answered((int) slot, status == CallStatus.OK ? answer(response) : Answer.FAILED);
    }

    private static Answer answer(SliceList response) {
        if (response.isEmpty()) {
            return Answer.FAILED;
        }
        byte type = Words.getByte(response.memory(0), response.offset(0));
        return switch (type) {
            case '$' -> isNull(response) ? Answer.NOTHING : Answer.VALUE;
            case '_' -> Answer.NOTHING;
            case '-', '!' -> Answer.ERROR;
            default -> Answer.DONE;
        };
    }

    private static boolean isNull(SliceList response) {
        return response.length(0) > 1 && Words.getByte(response.memory(0), response.offset(0) + 1) == '-';
    }

    /// What was sent again, and more.
    public ReliableClientStatistics statistics() {
        return client.statistics();
    }

    @Override
    public void close() {
        answers = (_, _) -> {};
        client.close();
        stack.close();
    }
}
