package dev.situ.bench.dpdk;

import dev.situ.bench.frame.ChildTask;
import dev.situ.bench.frame.Parameters;
import dev.situ.dpdk.EalThread;
import dev.situ.memory.Words;
import dev.situ.packet.Ethernet;
import dev.situ.packet.Ipv4;
import dev.situ.packet.Packet;
import dev.situ.packet.PacketBurst;
import dev.situ.packet.PortQueue;
import dev.situ.udp.PortUdpStack;
import dev.situ.udp.UdpBurst;
import dev.situ.udp.UdpQueue;
import dev.situ.udp.UdpSender;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// The bounds of a request over DPDK: a process at the server's end of a memif that sends back what comes, as frames,
/// as datagrams with their addresses swapped, or by way of a UDP stack.
///
/// To be told to measure when the load has stopped: it then stops polling, too, so that either end may be closed.
public final class DpdkEchoTask implements ChildTask {
    /// The task's name.
    public static final String NAME = "dpdk-echo";

    static final String ADDRESS = "10.77.0.1";
    static final int PORT = 7;

    /// Where both are in an IPv4 header (RFC 791).
    private static final int ADDRESSES = 12;

    private final MemifEnd end;
    private final boolean isUdp;
    private final @Nullable PortUdpStack stack;
    private final Thread poller;
    private volatile boolean stopping;
    private volatile @Nullable Throwable failure;

    /// Opens the end and starts to answer.
    public DpdkEchoTask(Parameters parameters) throws Exception {
        end = MemifEnd.server(parameters.text("socket"));
        DpdkSystem system = DpdkSystem.valueOf(parameters.text("system"));
        isUdp = system == DpdkSystem.BARE;
        if (system == DpdkSystem.ECHO) {
            stack = new PortUdpStack(end.port(), DpdkSetUp.stack(ADDRESS));
            stack.bind(new InetSocketAddress(ADDRESS, PORT), DpdkEchoTask::echo);
        } else {
            stack = null;
        }
        poller = Thread.ofPlatform().name("echo").start(this::poll);
    }

    private void poll() {
        try (EalThread _ = end.register()) {
            if (stack == null) {
                pollFrames(end.port().queue(0));
            } else {
                pollDatagrams(stack.queue(0));
            }
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    private void pollDatagrams(UdpQueue queue) {
        while (!stopping) {
            queue.poll();
        }
    }

    private static void echo(UdpBurst burst, UdpSender sender) {
        for (int i = 0; i < burst.size(); i++) {
            sender.send(burst.peer(i), burst.memory(i), burst.offset(i), burst.length(i));
        }
    }

    private void pollFrames(PortQueue queue) {
        PacketBurst burst = new PacketBurst(FrameLine.BURST);
        while (!stopping) {
            pollFrames(queue, burst);
        }
        queue.cache().releaseAll(burst);
        queue.cache().flush();
    }

    /// Small, like the stack's poll: a loop that never ends is compiled in the middle of itself, before it has seen a
    /// frame, and not as well.
    private void pollFrames(PortQueue queue, PacketBurst burst) {
        MemorySegment memory = queue.cache().memory();
        queue.receive(burst);
        for (int i = 0; i < burst.size(); i++) {
            long at = Packet.data(memory, burst.packet(i));
            swapLinkAddresses(memory, at);
            if (isUdp) {
                swapHosts(memory, at + Ethernet.BYTES);
            }
        }
        while (!burst.isEmpty() && !stopping) {
            queue.transmit(burst);
        }
    }

    /// Swaps addresses and ports of a datagram, which no checksum notices.
    private static void swapHosts(MemorySegment m, long at) {
        long addresses = at + ADDRESSES;
        Words.setLong(m, addresses, Long.rotateLeft(Words.getLong(m, addresses), Integer.SIZE));
        long ports = at + Ipv4.MIN_BYTES;
        Words.setInt(m, ports, Integer.rotateLeft(Words.getInt(m, ports), Short.SIZE));
    }

    private static void swapLinkAddresses(MemorySegment m, long at) {
        long destination = Words.getLong(m, at);
        int source = Words.getInt(m, at + 6);
        short sourceEnd = Words.getShort(m, at + 10);
        Words.setInt(m, at, source);
        Words.setShort(m, at + 4, sourceEnd);
        Words.setInt(m, at + 6, (int) destination);
        Words.setShort(m, at + 10, (short) (destination >>> 32));
    }

    @Override
    public void measure(Sink sink) {
        stop();
        Throwable why = failure;
        if (why != null) {
            throw new IllegalStateException("the echo's poller died", why);
        }
    }

    private void stop() {
        stopping = true;
        try {
            poller.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stop();
        if (stack != null) {
            stack.close();
        }
        end.close();
    }
}
