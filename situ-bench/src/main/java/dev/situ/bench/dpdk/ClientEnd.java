package dev.situ.bench.dpdk;

import dev.situ.dpdk.EalThread;
import dev.situ.udp.PeerAddress;
import dev.situ.udp.PortStackOptions;
import dev.situ.udp.PortUdpStack;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// The client's end of a memif with one [Line] on it. Confined to the thread that opened it, which is registered.
final class ClientEnd implements AutoCloseable {
    static final String ADDRESS = "10.77.0.2";

    private final MemifEnd end;
    private final EalThread thread;
    private @Nullable FrameLine frames;
    private @Nullable PortUdpStack stack;

    /// Connects to the server's end, which is there.
    ClientEnd(String socket) {
        end = MemifEnd.client(socket);
        thread = end.register();
    }

    /// Frames of so many bytes.
    Line frames(int bytes) {
        frames = new FrameLine(end.port(), bytes);
        return frames;
    }

    /// Datagrams to a port of the server.
    Line datagrams(int port, Question question) throws IOException {
        stack = new PortUdpStack(end.port(), PortStackOptions.at(ADDRESS + "/24"));
        long server = PeerAddress.of(new InetSocketAddress(DpdkEchoTask.ADDRESS, port));
        return new DatagramLine(stack, new InetSocketAddress(ADDRESS, 0), server, question);
    }

    @Override
    public void close() {
        if (frames != null) {
            frames.close();
        }
        if (stack != null) {
            stack.close();
        }
        end.port().close();
        thread.close();
        end.close();
    }
}
