package dev.situ.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.client.SituClient;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Large values that came over R2P2 stay in the kernel's packet buffers, and are read from there over either transport.
@Timeout(120)
class AdoptionTest {
    private static final byte[] GET = "GET".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SET = "SET".getBytes(StandardCharsets.US_ASCII);
    private static final int VALUES = 20;
    private static final int LENGTH = 100_000;

    @Test
    void valuesStayInTheirPacketsUntilTheyAreOverwrittenAndNoPacketIsLost() throws Exception {
        SituServer server = SituServer.start(TestServers.onFreePorts());
        try (SituClient r2p2 = SituClient.connect(server.r2p2Address());
                RespSocket tcp = new RespSocket(server.tcpAddress())) {
            for (int i = 0; i < VALUES; i++) {
                r2p2.set(key(i), value(i));
            }
            assertThat(server.storeStatistics().adoptedKeys()).isPositive();
            assertThat(server.retainedBuffers()).isPositive();
            for (int i = 0; i < VALUES; i++) {
                assertThat(r2p2.getBytes(key(i))).isEqualTo(value(i));
                assertThat(tcp.call(GET, key(i))).isEqualTo(value(i));
            }
            for (int i = 0; i < VALUES; i += 2) {
                tcp.call(SET, key(i), GET);
            }
            for (int i = 0; i < VALUES; i++) {
                assertThat(r2p2.getBytes(key(i))).isEqualTo(i % 2 == 0 ? GET : value(i));
            }
        } finally {
            server.close();
        }
        assertThat(server.retainedBuffers()).isZero();
    }

    @Test
    void moreThanThePacketBuffersHoldIsCopiedInTheBackgroundAndNothingIsRefused() throws Exception {
        SituServer server = SituServer.start(TestServers.onFreePorts());
        try (SituClient r2p2 = SituClient.connect(server.r2p2Address())) {
            for (int i = 0; i < 600; i++) { // 60 MB; a queue has buffers for half of it
                r2p2.set(key(i), value(i));
            }
            for (int i = 0; i < 600; i++) {
                assertThat(r2p2.getBytes(key(i))).isEqualTo(value(i));
            }
        } finally {
            server.close();
        }
        assertThat(server.retainedBuffers()).isZero();
    }

    private static byte[] key(int i) {
        return ("key " + i).getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] value(int i) {
        byte[] bytes = new byte[LENGTH];
        new Random(i).nextBytes(bytes);
        return bytes;
    }
}
