package dev.situ.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.kv.Keyspace;
import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import dev.situ.store.Store;
import dev.situ.store.StoreInvariants;
import dev.situ.store.StoreOptions;
import dev.situ.store.StoreWorker;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Each request of R2P2 is a connection of its own, and so is what it says of a transaction.
class R2p2TransactionsTest {
    private final Store store = Store.open(StoreOptions.ofMemory(64 << 20));
    private final StoreWorker worker = store.worker("r2p2-0");
    private final Keyspace keyspace = new Keyspace(store, new ServerFacts(TestServers.onFreePorts()));
    private final R2p2Lane lane = new R2p2Lane(keyspace, worker);

    @AfterEach
    void nothingIsLeft() {
        lane.close();
        StoreInvariants.check(store);
        assertThat(store.statistics().claimedRecords()).isZero();
        worker.close();
        store.close();
    }

    /// Sends the lines of a request in one message.
    private String send(String... lines) {
        byte[] request = (String.join("\r\n", lines) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        SliceList slices = new SliceList();
        SliceList response = new SliceList();
        StringBuilder text = new StringBuilder();
        worker.enter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(request.length);
            Words.copyFrom(request, 0, memory, 0, request.length);
            slices.add(memory, 0, request.length, SliceList.NO_OWNER);
            lane.handle(slices, response);
            for (int i = 0; i < response.size(); i++) {
                byte[] bytes = new byte[response.length(i)];
                Words.copyTo(response.memory(i), response.offset(i), bytes, 0, bytes.length);
                text.append(new String(bytes, StandardCharsets.US_ASCII));
            }
        } finally {
            worker.exit();
        }
        return text.toString();
    }

    @Test
    void whoARequestIsRunAsEndsWithIt() {
        keyspace.settings().load("requirepass", "x");
        assertThat(send("GET k")).isEqualTo("-NOAUTH Authentication required.\r\n");
        assertThat(send("AUTH x", "SET k v", "GET k")).isEqualTo("+OK\r\n+OK\r\n$1\r\nv\r\n");
        assertThat(send("GET k")).isEqualTo("-NOAUTH Authentication required.\r\n");
        assertThat(send("AUTH x", "ACL SETUSER bob on nopass +get ~k", "AUTH bob y", "GET k", "SET k w"))
                .isEqualTo("+OK\r\n+OK\r\n+OK\r\n$1\r\nv\r\n-NOPERM this user has no permissions to run the 'set'"
                        + " command\r\n");
        assertThat(send("AUTH bob y", "AUTH x", "ACL DELUSER bob", "AUTH bob y"))
                .isEqualTo("+OK\r\n+OK\r\n:1\r\n-WRONGPASS invalid username-password pair or user is disabled.\r\n");
        assertThat(send("AUTH x", "ACL SETUSER me on nopass +@all", "AUTH me y", "ACL DELUSER me", "PING"))
                .isEqualTo("+OK\r\n+OK\r\n+OK\r\n:1\r\n");
        assertThat(send("*11")).isEqualTo("-ERR Protocol error: unauthenticated multibulk length\r\n");
        keyspace.settings().load("requirepass", "");
        assertThat(send("GET k")).isEqualTo("$1\r\nv\r\n");
    }

    @Test
    void aTransactionIsWholeInOneRequest() {
        assertThat(send("WATCH k", "MULTI", "INCR k", "INCR k", "EXEC"))
                .isEqualTo("+OK\r\n+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n:1\r\n:2\r\n");
    }

    @Test
    void aRequestThatEndsInsideIsToldSoAndForgotten() {
        assertThat(send("MULTI", "SET k v"))
                .isEqualTo("+OK\r\n+QUEUED\r\n-ERR Protocol error: the request ends within a command\r\n");
        assertThat(send("EXEC")).isEqualTo("-ERR EXEC without MULTI\r\n");
        assertThat(send("GET k")).isEqualTo("$-1\r\n");
    }

    @Test
    void nobodyInheritsWatchedKeys() {
        assertThat(send("WATCH k")).isEqualTo("+OK\r\n");
        assertThat(send("SET k v")).isEqualTo("+OK\r\n");
        assertThat(send("MULTI", "GET k", "EXEC")).isEqualTo("+OK\r\n+QUEUED\r\n*1\r\n$1\r\nv\r\n");
    }
}
