package dev.situ.bench.allocation;

import dev.situ.bench.frame.ServerProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// Requests to Situ over one transport: a SET of 64 B and a GET, in turn.
enum Requests {
    /// One datagram a request, one under way.
    R2P2("R2P2", "r2p2-", 1),
    /// One request under way, or rather a SET and a GET.
    TCP("TCP", "situ-tcp-", 2),
    /// Many under way.
    TCP_DEEP("TCP, 16 deep", "situ-tcp-", 16);

    private static final String VALUE = "v".repeat(64);
    private static final String SET = "*3\r\n$3\r\nSET\r\n$5\r\nkey:1\r\n$64\r\n" + VALUE + "\r\n";
    private static final String GET = "*2\r\n$3\r\nGET\r\n$5\r\nkey:1\r\n";
    private static final int PAIR_OF_REPLIES = "+OK\r\n$64\r\n".length() + VALUE.length() + 2;
    private static final int TIMEOUT_MILLIS = 10_000;

    private final String label;
    private final String threads;
    private final int depth;

    Requests(String label, String threads, int depth) {
        this.label = label;
        this.threads = threads;
        this.depth = depth;
    }

    /// The name in results.
    String label() {
        return label;
    }

    /// How the names of the server's threads begin that handle such requests.
    String threads() {
        return threads;
    }

    /// A way to the server.
    interface Connection extends AutoCloseable {
        /// Sends so many requests and waits for their replies.
        ///
        /// @param count an even number
        void call(int count) throws IOException;

        @Override
        void close() throws IOException;
    }

    Connection connect(ServerProcess server) throws IOException {
        return this == R2P2 ? new Datagrams(server) : new Stream(server, depth);
    }

    private static final class Datagrams implements Connection {
        private final DatagramSocket socket = new DatagramSocket();
        private final byte[][] requests = {datagram(SET), datagram(GET)};
        private final DatagramPacket reply = new DatagramPacket(new byte[2048], 2048);

        Datagrams(ServerProcess server) throws IOException {
            socket.connect(server.udp());
            socket.setSoTimeout(TIMEOUT_MILLIS);
        }

        /// With R2P2's header: a request of one packet.
        private static byte[] datagram(String command) {
            byte[] header = HexFormat.of().parseHex("cc0801c000010001");
            byte[] body = command.getBytes(StandardCharsets.US_ASCII);
            byte[] datagram = new byte[header.length + body.length];
            System.arraycopy(header, 0, datagram, 0, header.length);
            System.arraycopy(body, 0, datagram, header.length, body.length);
            return datagram;
        }

        @Override
        public void call(int count) throws IOException {
            for (int i = 0; i < count; i++) {
                byte[] request = requests[i % 2];
                socket.send(new DatagramPacket(request, request.length));
                socket.receive(reply);
            }
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    private static final class Stream implements Connection {
        private final Socket socket = new Socket();
        private final OutputStream out;
        private final InputStream in;
        private final byte[] burst;
        private final int pairs;

        Stream(ServerProcess server, int depth) throws IOException {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(server.tcp());
            out = socket.getOutputStream();
            in = socket.getInputStream();
            pairs = depth / 2;
            burst = (SET + GET).repeat(pairs).getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public void call(int count) throws IOException {
            for (int done = 0; done < count; done += 2 * pairs) {
                out.write(burst);
                if (in.readNBytes(PAIR_OF_REPLIES * pairs).length < PAIR_OF_REPLIES * pairs) {
                    throw new IOException("the server closed the connection");
                }
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
