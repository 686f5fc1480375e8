package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What is counted and timed of commands, one by one, in pipelines and in transactions.
class TimingTest {
    private final Server server = new Server();
    private final Server.Connection client = server.connect();

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    private CommandStats stats(String name) {
        CommandSpec spec = server.keyspace.commands().find(name);
        CommandStats stats = spec == null ? null : server.keyspace.totals().find(spec);
        return stats == null ? new CommandStats() : stats;
    }

    @Test
    void everyCommandOfAPipelineIsCountedAndTimedOnce() {
        StringBuilder burst = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            burst.append("SET k v\r\n").append(Server.bulk("GET", "k")).append("INCR n\r\nGETRANGE k 0 1\r\n");
        }
        client.send(burst.toString());
        for (String name : new String[] {"set", "get", "incr", "getrange"}) {
            assertThat(stats(name).calls).as(name).isEqualTo(100);
            assertThat(stats(name).times.total()).as(name).isEqualTo(100);
            assertThat(stats(name).nanos).as(name).isPositive();
        }
    }

    @Test
    void theTimesOfAPipelineAreNotMoreThanItTook() {
        client.command("SET", "k", "v");
        String burst = "GET k\r\nINCR n\r\nDEL x y\r\n".repeat(300);
        long before = System.nanoTime();
        client.send(burst);
        long took = System.nanoTime() - before;
        assertThat(stats("get").nanos + stats("incr").nanos + stats("del").nanos)
                .isBetween(1L, took);
    }

    @Test
    void requestsThatCameTogetherAreTimedAsOneBurst() {
        long before = System.nanoTime();
        server.executor.beginBursts();
        for (int i = 0; i < 50; i++) {
            client.send(Server.bulk("GET", "k"));
            client.send("INCR n\r\n");
        }
        long inside = stats("get").calls + stats("incr").calls;
        server.executor.endBursts();
        long took = System.nanoTime() - before;
        assertThat(inside).as("timed on their own").isLessThan(100);
        for (String name : new String[] {"get", "incr"}) {
            assertThat(stats(name).calls).as(name).isEqualTo(50);
            assertThat(stats(name).times.total()).as(name).isEqualTo(50);
        }
        assertThat(stats("get").nanos + stats("incr").nanos).isBetween(1L, took);
        client.send("INCR n\r\n");
        assertThat(stats("incr").calls).isEqualTo(51);
    }

    @Test
    void failedAndRefusedCommandsAreCountedApart() {
        client.send("SET k v\r\nINCR k\r\nINCR\r\nNOPE\r\nCLIENT NOPE\r\nMULTI\r\nINCR k\r\nEXEC\r\n");
        assertThat(stats("incr").calls).isEqualTo(2);
        assertThat(stats("incr").failed).isEqualTo(2);
        assertThat(stats("incr").rejected).isEqualTo(1);
        assertThat(stats("exec").failed).isZero();
        assertThat(server.keyspace.totals().errors).containsEntry("ERR", 5L);
        assertThat(client.command("INFO", "errorstats")).contains("errorstat_ERR:count=5\r\n");
        client.command("CONFIG", "RESETSTAT");
        assertThat(server.keyspace.totals().commands).isZero();
        client.command("PING");
        assertThat(server.keyspace.totals().errors).isEmpty();
        assertThat(stats("incr").calls).isZero();
        assertThat(stats("ping").calls).isEqualTo(1);
    }

    @Test
    void theSlowLogHasEachCommandOfAPipelineButNotTheTransactionItself() {
        client.command("CONFIG", "SET", "slowlog-log-slower-than", "0");
        client.command("SLOWLOG", "RESET");
        String longOne = "v".repeat(200);
        client.send(
                Server.bulk("GET", "k") + Server.bulk("GET", longOne) + "MULTI\r\nSET k " + longOne + "\r\nEXEC\r\n");
        client.command("CONFIG", "SET", "slowlog-log-slower-than", "-1");
        assertThat(server.keyspace.slowLog().newest(10).reversed())
                .extracting(entry -> String.join(" ", entry.arguments()))
                .containsExactly(
                        "SLOWLOG RESET",
                        "GET k",
                        "GET " + "v".repeat(128) + "... (72 more bytes)",
                        "MULTI",
                        "SET k " + "v".repeat(128) + "... (72 more bytes)");
    }

    @Test
    void theSlowLogCutsManyArgumentsAndForgetsTheOldest() {
        client.command("CONFIG", "SET", "slowlog-log-slower-than", "0", "slowlog-max-len", "2");
        client.send("PING\r\nDEL" + " k".repeat(40) + "\r\n");
        client.command("CONFIG", "SET", "slowlog-log-slower-than", "-1");
        assertThat(server.keyspace.slowLog().newest(10)).hasSize(2);
        assertThat(server.keyspace.slowLog().newest(10).getFirst().arguments())
                .hasSize(32)
                .endsWith("k", "... (10 more arguments)");
    }

    @Test
    void whatIsLateIsAnEvent() {
        server.keyspace.settings().load("enable-debug-command", "yes");
        client.command("CONFIG", "SET", "latency-monitor-threshold", "20");
        client.command("DEBUG", "SLEEP", "0.03");
        client.command("CONFIG", "SET", "latency-monitor-threshold", "0");
        assertThat(client.command("LATENCY", "LATEST")).startsWith("*1\r\n*4\r\n$7\r\ncommand\r\n:");
        assertThat(server.keyspace.latencyEvents().all().get("command").maxMillis())
                .isGreaterThanOrEqualTo(30);
        assertThat(client.command("LATENCY", "HISTORY", "command")).startsWith("*1\r\n*2\r\n:");
        assertThat(client.command("LATENCY", "HISTOGRAM", "debug"))
                .startsWith("*2\r\n$5\r\ndebug\r\n*4\r\n$5\r\ncalls\r\n:1\r\n");
        assertThat(client.command("LATENCY", "RESET")).isEqualTo(":1\r\n");
        assertThat(client.command("LATENCY", "LATEST")).isEqualTo("*0\r\n");
    }
}
