package dev.situ.server;

import dev.situ.r2p2.ReliableServerOptions;
import dev.situ.socket.SocketStackOptions;
import dev.situ.socket.SocketUdpStack;
import dev.situ.udp.UdpStack;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/// The kernel's UDP sockets, one for each worker.
final class KernelTransport implements UdpTransport {
    /// Room to receive what the reliable mode may leave unfinished, even if every datagram comes alone; what is not
    /// used takes no memory.
    private static final int BUFFER_BYTES = 1 << 16;

    private static final int LARGE_BUFFERS = 512;
    private static final int SMALL_BUFFERS = 1 << 16;

    private final SocketUdpStack stack;
    private final InetSocketAddress local;

    /// @throws IOException if the system refuses
    KernelTransport(ServerOptions options, InetAddress bind) throws IOException {
        local = new InetSocketAddress(bind, options.r2p2Port());
        stack = new SocketUdpStack(SocketStackOptions.defaults()
                .withQueues(options.workers())
                .withBusyPoll(options.busyPoll())
                .withBuffers(BUFFER_BYTES, LARGE_BUFFERS, SMALL_BUFFERS));
    }

    @Override
    public UdpStack stack() {
        return stack;
    }

    @Override
    public InetSocketAddress local() {
        return local;
    }

    @Override
    public ReliableServerOptions limits() {
        return ReliableServerOptions.DEFAULTS;
    }

    @Override
    public void run(Runnable poller) {
        poller.run();
    }

    @Override
    public void close() {
        stack.close();
    }
}
