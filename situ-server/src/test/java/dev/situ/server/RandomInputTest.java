package dev.situ.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A million random bytes, over each transport, in many seeds: the server goes on serving, and nothing stays
/// outstanding.
class RandomInputTest {
    private static final int BYTES = 1_000_000;
    private static final int SEEDS = 50;
    private static final byte[] RESP_LETTERS =
            "*$+-:_%~#,(!=>\r\n0123456789 GETSETDELgetsetdel\"'\\x".getBytes(StandardCharsets.US_ASCII);

    @SuppressWarnings("NullAway.Init")
    private SituServer server;

    @BeforeEach
    void start() {
        server = SituServer.start(TestServers.onFreePorts(64L << 20));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void randomBytesOverTcp() throws Exception {
        long start = System.nanoTime();
        System.out.println("seeds " + start + " to " + (start + SEEDS - 1));
        for (int i = 0; i < SEEDS; i++) {
            Random random = new Random(start + i);
            byte[] bytes = i % 2 == 0 ? noise(random) : respLikeNoise(random);
            for (int at = 0; at < bytes.length; ) {
                int length = Math.min(bytes.length - at, 1 + random.nextInt(BYTES / SEEDS));
                try (RespSocket client = new RespSocket(server.tcpAddress())) {
                    client.sendRaw(java.util.Arrays.copyOfRange(bytes, at, at + length));
                } catch (IOException e) {
                    assertThat(e).as("the server closes on a protocol error").isNotNull();
                }
                at += length;
            }
        }
        assertServesAndHoldsNothing();
    }

    @Test
    void randomDatagrams() throws Exception {
        long start = System.nanoTime();
        System.out.println("seeds " + start + " to " + (start + SEEDS - 1));
        try (DatagramSocket socket = new DatagramSocket()) {
            for (int i = 0; i < SEEDS; i++) {
                Random random = new Random(start + i);
                for (int sent = 0; sent < BYTES / SEEDS * 4; ) {
                    byte[] datagram = new byte[random.nextInt(200)];
                    random.nextBytes(datagram);
                    if (datagram.length > 8 && random.nextInt(4) > 0) {
                        looksLikeR2p2(datagram, random);
                    }
                    socket.send(new DatagramPacket(datagram, datagram.length, server.r2p2Address()));
                    sent += datagram.length;
                }
            }
        }
        assertServesAndHoldsNothing();
    }

    private static byte[] noise(Random random) {
        byte[] bytes = new byte[BYTES / SEEDS];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] respLikeNoise(Random random) {
        byte[] bytes = new byte[BYTES / SEEDS];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = RESP_LETTERS[random.nextInt(RESP_LETTERS.length)];
        }
        return bytes;
    }

    private static void looksLikeR2p2(byte[] datagram, Random random) {
        datagram[0] = (byte) 0xCC;
        datagram[1] = 8;
        datagram[2] = (byte) (random.nextInt(11) << 4 | random.nextInt(2));
        datagram[3] = (byte) (random.nextInt(4) << 6);
        datagram[4] = 0;
        datagram[6] = 0;
    }

    private void assertServesAndHoldsNothing() throws Exception {
        try (RespSocket client = new RespSocket(server.tcpAddress())) {
            assertThat(client.call("PING")).isEqualTo("+PONG");
            assertThat(client.call("FLUSHALL")).isEqualTo("+OK");
            assertThat(client.call("SET", "after", "noise")).isEqualTo("+OK");
            assertThat(client.call("GET", "after")).isEqualTo("noise");
            client.call("FLUSHALL");
        }
        Await.until(
                "nothing outstanding: " + server.outstanding(),
                () -> server.outstanding().isNothing());
    }
}
