package dev.situ.bench.dpdk;

import dev.situ.bench.load.ReliableLink;
import dev.situ.dpdk.EalThread;
import dev.situ.udp.PeerAddress;
import dev.situ.udp.PortUdpStack;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/// The client's end of a memif with one [Line], or one [ReliableLink], on it. Confined to the thread that opened it,
/// which is registered.
final class ClientEnd implements AutoCloseable {
    private static final String ADDRESS = "10.77.0.2";

    private final MemifEnd end;
    private final EalThread thread;
    /// Gives back what the line holds.
    private Runnable closeLine = () -> {};

    /// Connects to the server's end, which is there.
    ClientEnd(String socket) {
        end = MemifEnd.client(socket);
        thread = end.register();
    }

    /// Frames of so many bytes.
    Line frames(int bytes) {
        FrameLine frames = new FrameLine(end.port(), bytes);
        closeLine = frames::close;
        return frames;
    }

    /// Datagrams to a port of the server, without a UDP stack.
    Line bareDatagrams(int port, Question question) {
        BareUdpLine bare = new BareUdpLine(end.port(), ADDRESS, DpdkEchoTask.ADDRESS, port, question);
        closeLine = bare::close;
        return bare;
    }

    /// Datagrams to a port of the server.
    DatagramLine datagrams(int port, Question question) throws IOException {
        PortUdpStack stack = newStack();
        closeLine = stack::close;
        long server = PeerAddress.of(new InetSocketAddress(DpdkEchoTask.ADDRESS, port));
        return new DatagramLine(stack, new InetSocketAddress(ADDRESS, 0), server, question);
    }

    /// Calls in R2P2's reliable mode to a port of the server. To be closed before this.
    ReliableLink reliable(int port, int slots) throws IOException {
        InetSocketAddress server = new InetSocketAddress(DpdkEchoTask.ADDRESS, port);
        return ReliableLink.over(newStack(), InetAddress.getByName(ADDRESS), server, slots);
    }

    private PortUdpStack newStack() {
        return new PortUdpStack(end.port(), DpdkSetUp.stack(ADDRESS));
    }

    @Override
    public void close() {
        closeLine.run();
        end.port().close();
        thread.close();
        end.close();
    }
}
