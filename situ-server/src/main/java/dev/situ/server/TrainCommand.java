package dev.situ.server;

import dev.situ.client.SituClient;
import dev.situ.memory.HugePages;
import dev.situ.store.AdoptionPolicy;
import dev.situ.store.EvictionPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `situ train`, for the launcher: serves itself for a moment, so that the start-up cache (JEP 514) learns which
/// classes a server and a client need.
@Command(name = "train", hidden = true, description = "Serve a few requests and end, to make the start-up cache.")
final class TrainCommand implements Callable<Integer> {
    private static final int REQUESTS = 2_000;
    private static final byte[] KEY = "key".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] VALUE = new byte[64];
    private static final byte[] LARGE = new byte[100_000];

    @Override
    public Integer call() throws IOException {
        ServerOptions options = new ServerOptions(
                "127.0.0.1",
                0,
                null,
                null,
                0,
                1,
                64L << 20,
                HugePages.NONE,
                EvictionPolicy.NOEVICTION,
                AdoptionPolicy.DEFAULT,
                false,
                false,
                null,
                "auto",
                Parameters.NONE);
        try (SituServer server = SituServer.start(options)) {
            System.out.println(server.readyLine());
            overTcp(server.tcpAddress());
            try (SituClient client = SituClient.connect(server.r2p2Address())) {
                overR2p2(client);
            }
        }
        return 0;
    }

    private static void overTcp(InetSocketAddress server) throws IOException {
        byte[] requests = "SET key value\r\nGET key\r\nPING\r\n".getBytes(StandardCharsets.US_ASCII);
        int replies = "+OK\r\n$5\r\nvalue\r\n+PONG\r\n".length();
        try (Socket socket = new Socket()) {
            socket.connect(server);
            OutputStream out = socket.getOutputStream();
            InputStream in = socket.getInputStream();
            for (int i = 0; i < REQUESTS; i++) {
                out.write(requests);
                in.skipNBytes(replies);
            }
        }
    }

    private static void overR2p2(SituClient client) {
        for (int i = 0; i < REQUESTS; i++) {
            client.set(KEY, VALUE);
            client.getBytes(KEY);
        }
        client.set(KEY, LARGE);
        client.getBytes(KEY);
        client.command("INFO");
    }
}
