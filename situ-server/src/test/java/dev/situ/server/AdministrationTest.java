package dev.situ.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.situ.tcp.TcpTransport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;

/// Administration of a whole server: parameters, statistics, other clients, stopping it.
class AdministrationTest {
    @SuppressWarnings("NullAway.Init")
    private static SituServer server;

    @BeforeAll
    static void start() {
        server = SituServer.start(TestServers.onFreePorts());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Jedis connect() {
        return new Jedis("127.0.0.1", server.tcpAddress().getPort());
    }

    @Test
    void memoryAndPolicyChangeWhileItRuns() {
        try (Jedis jedis = connect()) {
            assertThat(jedis.configSet("maxmemory", "200mb", "maxmemory-policy", "allkeys-lfu"))
                    .isEqualTo("OK");
            assertThat(jedis.configGet("maxmemory").get("maxmemory")).isEqualTo(Integer.toString(200 << 20));
            assertThat(jedis.info("memory")).contains("maxmemory_policy:allkeys-lfu", "maxmemory:" + (200 << 20));
            assertThat(jedis.configSet("maxmemory-policy", "noeviction")).isEqualTo("OK");
        }
    }

    @Test
    void whatWasCountedBeginsAnew() {
        try (Jedis jedis = connect()) {
            jedis.set("k", "v");
            jedis.get("k");
            assertThat(jedis.info("commandstats")).contains("cmdstat_set:calls=", "cmdstat_get:calls=");
            assertThat(jedis.info("latencystats")).contains("latency_percentiles_usec_set:p50=");
            jedis.configResetStat();
            assertThat(jedis.info("commandstats")).doesNotContain("cmdstat_set:");
            assertThat(jedis.info("everything"))
                    .contains("# Server", "# Clients", "# Memory", "# Persistence", "# Stats", "# Replication", "# CPU")
                    .contains(
                            "# Modules", "# Commandstats", "# Errorstats", "# Latencystats", "# Cluster", "# Keyspace")
                    .containsPattern("total_net_input_bytes:[1-9]");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "nio"})
    void theKernelAsksForSilentClients(String transport) throws Exception {
        Requires.program("ss", "iproute2");
        assumeTrue(TcpTransport.valueOf(transport.toUpperCase(Locale.ROOT)).available());
        try (SituServer other = SituServer.start(TestServers.withTls(null, transport))) {
            int port = other.tcpAddress().getPort();
            try (Jedis jedis = new Jedis("127.0.0.1", port)) {
                assertThat(jedis.configGet("tcp-keepalive").get("tcp-keepalive"))
                        .isEqualTo("300");
                assertThat(timer(port)).containsPattern("timer:\\(keepalive,(5min|4min5)");
                jedis.configSet("tcp-keepalive", "1000");
            }
            try (Jedis jedis = new Jedis("127.0.0.1", port)) {
                jedis.ping();
                assertThat(timer(port)).containsPattern("timer:\\(keepalive,16min");
                jedis.configSet("tcp-keepalive", "0");
            }
            try (Jedis jedis = new Jedis("127.0.0.1", port)) {
                jedis.ping();
                assertThat(timer(port)).doesNotContain("keepalive");
            }
        }
    }

    /// What the kernel says of the server's side of the connections on a port, with their timers.
    private static String timer(int port) throws Exception {
        Process ss = new ProcessBuilder("ss", "-tnoH", "state", "established", "sport = :" + port).start();
        return new String(ss.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void whoLeavesTooMuchUnreadIsClosedAndCounted() throws Exception {
        try (RespSocket admin = new RespSocket(server.tcpAddress());
                RespSocket lazy = new RespSocket(server.tcpAddress())) {
            assertThat(admin.call("CONFIG", "RESETSTAT")).isEqualTo("+OK");
            assertThat(admin.call("CONFIG", "SET", "client-output-buffer-limit", "normal 1mb 0 0"))
                    .isEqualTo("+OK");
            assertThat(lazy.call("SET", "large", "v".repeat(3_000_000))).isEqualTo("+OK");
            lazy.sendRaw("GET large\r\n".repeat(20).getBytes(StandardCharsets.US_ASCII));
            Await.until(
                    "it is counted",
                    () -> admin.call("INFO", "clients", "stats")
                            .contains("client_output_buffer_limit_disconnections:1\r\n"));
            assertThat(admin.call("CONFIG", "SET", "client-output-buffer-limit", "normal 1gb 1mb 60"))
                    .isEqualTo("+OK");
        }
    }

    @Test
    void overR2p2WhatNeedsAConnectionIsAnError() throws Exception {
        try (R2p2Channel channel = new R2p2Channel(server.r2p2Address())) {
            assertThat(channel.call(List.of("MONITOR".getBytes(StandardCharsets.US_ASCII))))
                    .asString()
                    .contains("a request without a connection cannot ask for messages");
        }
    }

    @Test
    void shutdownStopsTheProcess() throws Exception {
        try (SituProcess situ = SituProcess.start("serve", "--port", "0", "--r2p2-port", "0", "--maxmemory", "64mb")) {
            Matcher ready = situ.awaitReady();
            try (RespSocket client = new RespSocket(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(ready.group("port"))))) {
                client.send(
                        "SHUTDOWN".getBytes(StandardCharsets.US_ASCII), "NOSAVE".getBytes(StandardCharsets.US_ASCII));
                assertThat(situ.awaitExit()).isZero();
            }
            assertThat(situ.stderr()).isEmpty();
        }
    }
}
