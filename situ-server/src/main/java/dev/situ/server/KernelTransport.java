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
    private final SocketUdpStack stack;
    private final InetSocketAddress local;

    /// @throws IOException if the system refuses
    KernelTransport(ServerOptions options, InetAddress bind) throws IOException {
        local = new InetSocketAddress(bind, options.r2p2Port());
        stack = new SocketUdpStack(SocketStackOptions.defaults()
                .withQueues(options.workers())
                .withBusyPoll(options.busyPoll())
                .withRoomForLongMessages());
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
