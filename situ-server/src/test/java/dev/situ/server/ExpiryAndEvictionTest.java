package dev.situ.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.store.EvictionPolicy;
import org.junit.jupiter.api.Test;

/// What a whole server does with keys whose time is over, and with more keys than fit.
class ExpiryAndEvictionTest {
    @Test
    void expiredKeysGoWithoutBeingAskedFor() throws Exception {
        try (SituServer server = SituServer.start(TestServers.onFreePorts(64L << 20));
                RespSocket client = new RespSocket(server.tcpAddress())) {
            for (int i = 0; i < 1_000; i++) {
                assertThat(client.call("SET", "short " + i, "life", "PX", "1")).isEqualTo("+OK");
            }
            assertThat(client.call("SET", "long", "life")).isEqualTo("+OK");
            Await.until("only one key is left", () -> client.call("DBSIZE").equals(":1"));
        }
    }

    @Test
    void underAnEvictingPolicyEveryWriteFits() throws Exception {
        String value = "v".repeat(10_000);
        try (SituServer server = SituServer.start(TestServers.onFreePorts(16L << 20, EvictionPolicy.ALLKEYS_LRU));
                RespSocket client = new RespSocket(server.tcpAddress())) {
            for (int i = 0; i < 5_000; i++) {
                assertThat(client.call("SET", "key " + i, value)).isEqualTo("+OK");
            }
            assertThat(client.call("GET", "key 4999")).isEqualTo(value);
            assertThat(client.call("GET", "key 0")).isEqualTo("(nil)");
        }
    }
}
