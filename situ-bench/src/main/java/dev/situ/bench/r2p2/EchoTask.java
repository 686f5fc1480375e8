package dev.situ.bench.r2p2;

import dev.situ.bench.frame.ChildTask;
import dev.situ.bench.frame.Parameters;
import dev.situ.memory.Words;
import dev.situ.socket.SocketStackOptions;
import dev.situ.socket.SocketUdpStack;
import dev.situ.udp.UdpBurst;
import dev.situ.udp.UdpHandler;
import dev.situ.udp.UdpQueue;
import dev.situ.udp.UdpSender;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/// The bound of a request over UDP: a server that sends each datagram back, on the same stack, and polls and
/// sleeps as Situ's workers do. Or, told how large, one that sends large replies ([BareTransfer]): not both at once,
/// for a second socket would cost each poll a call of the kernel. Its one figure is its port.
public final class EchoTask implements ChildTask {
    /// The task's name.
    public static final String NAME = "echo";

    private static final int EMPTY_POLLS = 50;
    private static final long SLEEP_NANOS = 100_000_000;

    private final SocketUdpStack stack;
    private final int port;
    private final Thread poller;
    private volatile boolean stopping;

    /// Starts to answer.
    public EchoTask(Parameters parameters) throws Exception {
        stack = new SocketUdpStack(SocketStackOptions.defaults().withOffload(true, true));
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        int largeReply = parameters.number("largeReply");
        UdpHandler handler = largeReply > 0 ? new BareTransfer.Source(largeReply) : EchoTask::echo;
        port = stack.bind(anyPort, handler).getPort();
        poller = Thread.ofPlatform().name("echo").start(this::poll);
    }

    private static void echo(UdpBurst burst, UdpSender sender) {
        for (int i = 0; i < burst.size(); i++) {
            long at = sender.claim(burst.peer(i), burst.length(i));
            if (at != UdpSender.NO_ROOM) {
                Words.copy(burst.memory(i), burst.offset(i), sender.memory(), at, burst.length(i));
                sender.commit();
            }
        }
    }

    private void poll() {
        UdpQueue queue = stack.queue(0);
        int empty = 0;
        while (!stopping) {
            if (queue.poll() > 0) {
                empty = 0;
            } else if (++empty >= EMPTY_POLLS) {
                empty = 0;
                queue.await(SLEEP_NANOS);
            } else {
                Thread.onSpinWait();
            }
        }
    }

    @Override
    public void measure(Sink sink) {
        sink.add("port", "", port);
    }

    @Override
    public void close() {
        stopping = true;
        stack.queue(0).wakeup();
        try {
            poller.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        stack.close();
    }
}
