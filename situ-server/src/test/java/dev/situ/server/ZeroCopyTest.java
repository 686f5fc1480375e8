package dev.situ.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.situ.dpdk.DpdkPacketPool;
import dev.situ.dpdk.DpdkPort;
import dev.situ.dpdk.DpdkPortOptions;
import dev.situ.dpdk.Eal;
import dev.situ.dpdk.EalOptions;
import dev.situ.kv.Keyspace;
import dev.situ.memory.Consumes;
import dev.situ.memory.Words;
import dev.situ.packet.Ipv4Address;
import dev.situ.packet.MemoryPort;
import dev.situ.packet.PacketPool;
import dev.situ.packet.Port;
import dev.situ.packet.PortCapabilities;
import dev.situ.packet.SoftwarePacketPool;
import dev.situ.r2p2.CallStatus;
import dev.situ.r2p2.R2p2Server;
import dev.situ.r2p2.R2p2ServerOptions;
import dev.situ.r2p2.ReliableClient;
import dev.situ.r2p2.ReliableClientOptions;
import dev.situ.r2p2.ReliableServerOptions;
import dev.situ.store.Store;
import dev.situ.store.StoreInvariants;
import dev.situ.store.StoreOptions;
import dev.situ.store.StoreWorker;
import dev.situ.udp.PeerAddress;
import dev.situ.udp.PortStackOptions;
import dev.situ.udp.PortUdpStack;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// From the packets that brought a value to those that carry it away, without a copy: R2P2 on the stack in user space.
@Timeout(60)
class ZeroCopyTest {
    private static final int PORT = 8000;
    private static final int PACKETS = 4096;
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    @Test
    void aValueLeavesFromThePacketsThatBroughtItOverAWireInMemory() throws IOException {
        PacketPool pool = SoftwarePacketPool.of(PACKETS);
        PacketPool clientPool = SoftwarePacketPool.of(PACKETS);
        PortCapabilities chains = PortCapabilities.plain().withMultiSegmentSend(true);
        try (MemoryPort.Wire wire = MemoryPort.wire(pool, clientPool, chains, 1)) {
            assertNothingIsCopied(wire.left(), wire.right());
        }
        assertThat(pool.outstanding()).isZero();
        assertThat(clientPool.outstanding()).isZero();
    }

    @Test
    void aValueLeavesFromThePacketsThatBroughtItOverDpdk() throws IOException {
        String missing = Eal.missing();
        if (missing != null) {
            System.out.println("skipped: " + missing);
        }
        assumeTrue(missing == null, () -> String.valueOf(missing));
        Path directory = Files.createTempDirectory("situ-zero-copy");
        String socket = ",socket=" + directory.resolve("s") + ",socket-abstract=no";
        try (Eal eal = Eal.start(EalOptions.withoutHugePages(64));
                DpdkPacketPool pool = DpdkPacketPool.create(eal, PACKETS);
                DpdkPacketPool clientPool = DpdkPacketPool.create(eal, PACKETS);
                DpdkPort server = DpdkPort.open(eal, pool, DpdkPortOptions.of("net_memif0,role=server" + socket));
                DpdkPort client =
                        DpdkPort.open(eal, clientPool, DpdkPortOptions.of("net_memif1,role=client" + socket))) {
            long end = System.nanoTime() + PATIENCE_NANOS;
            while (!server.isLinkUp() || !client.isLinkUp()) {
                assertThat(System.nanoTime())
                        .as("the ends of the memif find each other")
                        .isLessThan(end);
                Thread.onSpinWait();
            }
            int held = pool.outstanding();
            assertNothingIsCopied(server, client);
            assertThat(pool.outstanding()).isLessThanOrEqualTo(held);
        }
        Files.deleteIfExists(directory.resolve("s"));
        Files.delete(directory);
    }

    private static void assertNothingIsCopied(@Consumes Port serverPort, @Consumes Port clientPort) throws IOException {
        byte[] one = random(1300); // in one packet
        byte[] many = random(100_000);
        try (Ends ends = new Ends(serverPort, clientPort)) {
            assertThat(ends.call("SET", text("one"), one)).isEqualTo(text("+OK\r\n"));
            assertThat(ends.call("SET", text("many"), many)).isEqualTo(text("+OK\r\n"));
            assertThat(ends.store.statistics().adoptedKeys()).isEqualTo(2);
            assertThat(ends.store.statistics().adoptedBytes()).isEqualTo(one.length + many.length);

            long before = ends.server.details().sharedBytes();
            assertThat(ends.call("GET", text("one"))).isEqualTo(bulk(one));
            assertThat(ends.call("GET", text("many"))).isEqualTo(bulk(many));
            assertThat(ends.server.details().sharedBytes() - before)
                    .as("bytes sent from where they lay")
                    .isGreaterThanOrEqualTo(bulk(one).length + bulk(many).length);
            assertThat(ends.server.details().copiedBytes())
                    .as("payload bytes copied")
                    .isZero();

            assertThat(ends.call("DEL", text("one"), text("many"))).isEqualTo(text(":2\r\n"));
        }
    }

    /// A server and a client, driven by turns by this thread.
    private static final class Ends implements AutoCloseable {
        final Store store = Store.open(StoreOptions.ofMemory(64 << 20));
        final PortUdpStack server;
        private final StoreWorker worker = store.worker("r2p2-0");
        private final PortUdpStack client;
        private final R2p2Commands commands;
        private final R2p2Server protocol;
        private final ReliableClient calls;
        private byte[] answer = {};
        private boolean answered;

        Ends(@Consumes Port serverPort, @Consumes Port clientPort) throws IOException {
            server = new PortUdpStack(serverPort, PortStackOptions.at("10.0.0.1/24"));
            client = new PortUdpStack(clientPort, PortStackOptions.at("10.0.0.2/24"));
            Keyspace keyspace = new Keyspace(store, new ServerFacts(TestServers.onFreePorts()));
            keyspace.settings().load("protected-mode", "no"); // the client is not on loopback
            commands = new R2p2Commands(keyspace, List.of(worker));
            protocol = new R2p2Server(
                    1,
                    R2p2ServerOptions.DEFAULTS,
                    ReliableServerOptions.DEFAULTS,
                    commands,
                    commands,
                    System::nanoTime);
            server.bind(new InetSocketAddress("10.0.0.1", PORT), protocol);
            long[] servers = {PeerAddress.of(Ipv4Address.parse("10.0.0.1"), PORT)};
            calls = new ReliableClient(servers, ReliableClientOptions.DEFAULTS, System::nanoTime);
            client.bind(new InetSocketAddress("10.0.0.2", 0), calls);
        }

        byte[] call(String command, byte[]... arguments) {
            byte[] request = request(command, arguments);
            answered = false;
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment memory = arena.allocate(request.length);
                Words.copyFrom(request, 0, memory, 0, request.length);
                long end = System.nanoTime() + PATIENCE_NANOS;
                calls.call(
                        client.queue(0).sender(),
                        memory,
                        0,
                        request.length,
                        end,
                        (_, status, response) -> {
                            assertThat(status).isEqualTo(CallStatus.OK);
                            MemorySegment copy = Arena.ofAuto().allocate(Math.max(1, response.length()));
                            response.copyTo(copy, 0);
                            answer = new byte[(int) response.length()];
                            Words.copyTo(copy, 0, answer, 0, answer.length);
                            answered = true;
                        },
                        0);
                client.queue(0).sender().flush();
                while (!answered) {
                    turn();
                }
            }
            return answer;
        }

        private void turn() {
            worker.enter();
            server.queue(0).poll();
            protocol.tick(0, server.queue(0).sender());
            server.queue(0).sender().flush();
            worker.exit();
            client.queue(0).poll();
            calls.tick(client.queue(0).sender());
            client.queue(0).sender().flush();
        }

        @Override
        public void close() {
            long end = System.nanoTime() + 50_000_000;
            while (System.nanoTime() < end) {
                turn(); // the last acknowledgement
            }
            calls.close();
            commands.close();
            protocol.close();
            worker.releaseBuffers();
            StoreInvariants.check(store);
            worker.close();
            client.close();
            server.close();
            store.close();
        }
    }

    private static byte[] request(String command, byte[]... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(text("*" + (arguments.length + 1) + "\r\n"));
        out.writeBytes(bulk(text(command)));
        Arrays.stream(arguments).forEach(argument -> out.writeBytes(bulk(argument)));
        return out.toByteArray();
    }

    private static byte[] bulk(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(text("$" + bytes.length + "\r\n"));
        out.writeBytes(bytes);
        out.writeBytes(text("\r\n"));
        return out.toByteArray();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
