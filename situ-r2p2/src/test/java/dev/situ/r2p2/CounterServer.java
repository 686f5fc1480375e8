package dev.situ.r2p2;

import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import dev.situ.socket.SocketStackOptions;
import dev.situ.socket.SocketUdpStack;
import dev.situ.testkit.Impairments;
import dev.situ.testkit.LossyUdpStack;
import dev.situ.udp.PeerAddress;
import dev.situ.udp.UdpQueue;
import dev.situ.udp.UdpStack;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;

/// A server over real sockets behind a bad line, on a thread of its own: counts, and sends back what it is sent.
///
/// ```
///   request of 1 byte      adds one to the counter, and answers with it, 8 bytes
///   any longer request     answers with the same bytes, by reference
/// ```
final class CounterServer implements RequestHandler, AutoCloseable {
    private static final long LONGEST_SLEEP_NANOS = 1_000_000;

    private final UdpStack stack;
    private final R2p2Server server;
    private final InetSocketAddress address;
    private final Thread thread;
    private final MemorySegment answer = Arena.ofAuto().allocate(Long.BYTES);
    private volatile long counter;
    private volatile boolean stopped;

    CounterServer(InetSocketAddress at, Impairments impairments, long counter) throws IOException {
        this.counter = counter;
        stack = stack(impairments);
        server = new R2p2Server(
                1,
                R2p2ServerOptions.DEFAULTS,
                ReliableServerOptions.DEFAULTS,
                this,
                ResponseOwners.LASTING,
                System::nanoTime);
        address = stack.bind(at, server);
        thread = Thread.ofPlatform().daemon().name("counter-server").start(this::loop);
    }

    static UdpStack stack(Impairments impairments) throws IOException {
        SocketStackOptions options = SocketStackOptions.defaults().withRoomForLongMessages();
        return new LossyUdpStack(new SocketUdpStack(options), impairments);
    }

    static InetSocketAddress anyPort() {
        return PeerAddress.toSocketAddress(PeerAddress.of(0x7F000001, 0));
    }

    InetSocketAddress address() {
        return address;
    }

    long counter() {
        return counter;
    }

    ReliableServerStatistics statistics() {
        return server.reliableStatistics();
    }

    private void loop() {
        UdpQueue queue = stack.queue(0);
        while (!stopped) {
            int received = queue.poll();
            long delay = server.tick(0, queue.sender());
            if (received == 0 && delay > 0) {
                queue.await(Math.min(delay, LONGEST_SLEEP_NANOS));
            }
        }
    }

    @Override
    public RequestStatus handle(int queue, SliceList request, SliceList response) {
        if (request.length() == 1) {
            long counted = counter + 1; // by this thread alone
            counter = counted;
            Words.setLong(answer, 0, counted);
            response.add(answer, 0, Long.BYTES, SliceList.NO_OWNER);
        } else {
            MemorySegment copy = Arena.ofAuto().allocate(request.length());
            request.copyTo(copy, 0);
            response.add(copy, 0, (int) request.length(), 1);
        }
        return RequestStatus.REPLY;
    }

    @Override
    public RequestStatus tooLarge(int queue, long length, long limit, SliceList response) {
        return RequestStatus.REFUSE;
    }

    /// Stops at once, as if killed; what clients have sent is lost.
    @Override
    public void close() {
        stopped = true;
        stack.queue(0).wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        server.close();
        stack.close();
    }
}
