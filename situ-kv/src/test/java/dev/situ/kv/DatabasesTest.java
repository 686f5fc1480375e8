package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.store.AdoptionPolicy;
import dev.situ.store.StoreInvariants;
import dev.situ.store.StoreOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Databases beside each other. That the answers are Redis's is the [DifferentialTest]'s to show.
class DatabasesTest {
    private final Server server =
            new Server(StoreOptions.ofMemory(Server.MEMORY).withAdoption(AdoptionPolicy.ALWAYS));
    private final Server.Connection client = server.connect();
    private final Server.Connection other = server.connect();

    @AfterEach
    void nothingIsLeft() {
        client.close();
        other.close();
        StoreInvariants.check(server.store);
        server.close();
    }

    private void assertReply(String reply, String... command) {
        assertThat(client.command(command)).isEqualTo(reply + "\r\n");
    }

    private void others(String reply, String... command) {
        assertThat(other.command(command)).isEqualTo(reply + "\r\n");
    }

    @Test
    void eachConnectionSelectsItsOwn() {
        assertReply("+OK", "SET", "k", "zero");
        assertReply("+OK", "SELECT", "5");
        assertReply("$-1", "GET", "k");
        assertReply("+OK", "SET", "k", "five");
        others("$4\r\nzero", "GET", "k");
        others(":1", "DBSIZE");
        assertReply("$4\r\nfive", "GET", "k");
        assertReply("-" + Errors.DB_INDEX, "SELECT", "16");
        assertReply("-" + Errors.DB_INDEX, "SELECT", "-1");
        assertReply("$4\r\nfive", "GET", "k");
        assertReply("+RESET", "RESET");
        assertReply("$4\r\nzero", "GET", "k");
    }

    @Test
    void aFlushOfOneLeavesTheOthers() {
        for (int i = 0; i < 300; i++) {
            assertReply("+OK", "SET", "key" + i, "v".repeat(i));
        }
        assertReply("+OK", "SELECT", "1");
        for (int i = 0; i < 300; i++) {
            assertReply("+OK", "SET", "key" + i, "v", "PX", i % 2 == 0 ? "1" : "100000");
        }
        assertReply("+OK", "FLUSHDB");
        assertReply(":0", "DBSIZE");
        assertReply("*2\r\n$1\r\n0\r\n*0", "SCAN", "0", "COUNT", "1000");
        others(":300", "DBSIZE");
        others("$5\r\nvvvvv", "GET", "key5");
        assertReply("+OK", "SET", "k", "v");
        others("+OK", "FLUSHALL");
        assertReply(":0", "DBSIZE");
    }

    @Test
    void aSwapIsSeenByThoseWhoHaveSelectedEither() {
        assertReply("+OK", "SET", "k", "zero");
        others("+OK", "SELECT", "7");
        others("+OK", "SET", "k", "seven");
        assertReply("+OK", "SWAPDB", "0", "7");
        assertReply("$5\r\nseven", "GET", "k");
        others("$4\r\nzero", "GET", "k");
        assertReply("+OK", "MULTI");
        assertReply("+QUEUED", "SWAPDB", "7", "0");
        assertReply("+QUEUED", "GET", "k");
        assertReply("*2\r\n+OK\r\n$4\r\nzero", "EXEC");
    }

    @Test
    void aLargeValueIsStoredInTheDatabaseThatIsSelectedWhenItsCommandRuns() {
        String large = "x".repeat(100_000);
        String set = Server.bulk("SET", "k", large);
        // Queued, before the SELECT that is queued in front of it has run.
        assertReply("+OK", "MULTI");
        assertReply("+QUEUED", "SELECT", "3");
        assertThat(client.send(set.substring(0, 50_000)) + client.send(set.substring(50_000)))
                .isEqualTo("+QUEUED\r\n");
        assertReply("*2\r\n+OK\r\n+OK", "EXEC");
        assertReply(":100000", "STRLEN", "k");
        others("$-1", "GET", "k");
        others("+OK", "SELECT", "3");
        others(":100000", "STRLEN", "k");
        // On its way, while another swaps.
        String more = Server.bulk("SET", "more", large);
        String first = client.send(more.substring(0, 50_000));
        others("+OK", "SWAPDB", "3", "4");
        assertThat(first + client.send(more.substring(50_000))).isEqualTo("+OK\r\n");
        assertReply(":100000", "STRLEN", "more");
        assertReply(":0", "EXISTS", "k");
        others(":1", "DBSIZE");
    }

    @Test
    void whatIsWatchedIsTheKeyOfTheDatabaseWhereItWasWatched() {
        assertReply("+OK", "SET", "k", "zero");
        assertReply("+OK", "WATCH", "k", "absent");
        assertReply("+OK", "SELECT", "2");
        others("+OK", "SELECT", "2");
        others("+OK", "SET", "k", "two");
        assertReply("+OK", "MULTI");
        assertReply("*0", "EXEC");
        // Moved there by another.
        assertReply("+OK", "WATCH", "absent");
        others("+OK", "SET", "absent", "x");
        others(":0", "MOVE", "k", "0");
        others("+OK", "SELECT", "0");
        others("+OK", "SET", "absent", "x");
        others(":1", "DEL", "absent");
        assertReply("+OK", "MULTI");
        assertReply("*-1", "EXEC");
        assertReply("+OK", "WATCH", "moved");
        others("+OK", "SET", "moved", "x");
        others(":1", "MOVE", "moved", "2");
        assertReply(":1", "DEL", "moved");
        assertReply("+OK", "MULTI");
        assertReply("*-1", "EXEC");
    }

    @Test
    void aSwapChangesWhatIsWatchedIfAKeyComesOrGoes() {
        others("+OK", "SELECT", "9");
        others("+OK", "SET", "k", "nine");
        assertReply("+OK", "WATCH", "k");
        others("+OK", "SWAPDB", "0", "9");
        assertReply("+OK", "MULTI");
        assertReply("*-1", "EXEC");
        assertReply("+OK", "WATCH", "k");
        others("+OK", "SWAPDB", "0", "9");
        others("+OK", "SWAPDB", "0", "9");
        assertReply("+OK", "MULTI");
        assertReply("*-1", "EXEC");
        assertReply("+OK", "WATCH", "k", "absent");
        others("+OK", "SWAPDB", "1", "2");
        others("+OK", "SWAPDB", "0", "0");
        assertReply("+OK", "MULTI");
        assertReply("*0", "EXEC");
        // Absent here, and there only for a moment.
        others("+OK", "SET", "absent", "nine");
        assertReply("+OK", "WATCH", "absent", "nowhere");
        others("+OK", "SWAPDB", "0", "9");
        others("+OK", "SWAPDB", "0", "9");
        assertReply("+OK", "MULTI");
        assertReply("*-1", "EXEC");
        assertReply("+OK", "WATCH", "nowhere");
        others("+OK", "SWAPDB", "0", "9");
        assertReply("+OK", "MULTI");
        assertReply("*0", "EXEC");
    }

    @Test
    void copiesAndMovesKeepTheExpiry() {
        assertReply("+OK", "SET", "k", "v", "PXAT", "4102444800000");
        assertReply(":1", "COPY", "k", "k", "DB", "1");
        assertReply(":0", "COPY", "k", "k", "DB", "1");
        assertReply(":1", "COPY", "k", "k", "DB", "1", "REPLACE");
        assertReply("-" + Errors.SAME_OBJECT, "COPY", "k", "k", "DB", "0");
        assertReply("-" + Errors.SAME_OBJECT, "MOVE", "k", "0");
        assertReply(":0", "MOVE", "k", "1");
        assertReply(":1", "MOVE", "k", "2");
        assertReply(":0", "EXISTS", "k");
        assertReply("+OK", "SELECT", "2");
        assertReply(":4102444800000", "PEXPIRETIME", "k");
        assertReply("+OK", "SELECT", "1");
        assertReply(":4102444800000", "PEXPIRETIME", "k");
        assertThat(client.command("INFO", "keyspace"))
                .contains("db1:keys=1,expires=1,avg_ttl=0\r\ndb2:keys=1,expires=1,avg_ttl=0\r\n")
                .doesNotContain("db0");
    }
}
