package dev.situ.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `situ cli` as a process, against a whole server.
class CliProcessTest {
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

    private static SituProcess cli(boolean tcp, String... words) throws Exception {
        String port = Integer.toString((tcp ? server.tcpAddress() : server.r2p2Address()).getPort());
        String[] arguments = new String[words.length + (tcp ? 4 : 3)];
        arguments[0] = "cli";
        arguments[1] = "-p";
        arguments[2] = port;
        if (tcp) {
            arguments[3] = "--tcp";
        }
        System.arraycopy(words, 0, arguments, arguments.length - words.length, words.length);
        return SituProcess.start(arguments);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCommandIsRunAndItsReplyPrinted(boolean tcp) throws Exception {
        try (SituProcess set = cli(tcp, "SET", "cli key", "a value")) {
            assertThat(set.readLine()).isEqualTo("OK");
            assertThat(set.awaitExit()).isZero();
        }
        try (SituProcess get = cli(tcp, "--no-raw", "GET", "cli key")) {
            assertThat(get.readLine()).isEqualTo("\"a value\"");
            assertThat(get.awaitExit()).isZero();
        }
    }

    @Test
    void anErrorReplyIsPrintedAndTheExitCodeTells() throws Exception {
        try (SituProcess wrong = cli(true, "GET")) {
            assertThat(wrong.readLine()).isEqualTo("ERR wrong number of arguments for 'get' command");
            assertThat(wrong.awaitExit()).isEqualTo(1);
        }
    }

    @Test
    void optionsOfACommandAreNotTakenForOptionsOfTheCli() throws Exception {
        try (SituProcess set = cli(false, "SET", "dash", "--raw")) {
            assertThat(set.readLine()).isEqualTo("OK");
        }
        try (SituProcess get = cli(false, "GET", "dash")) {
            assertThat(get.readLine()).isEqualTo("--raw");
        }
    }

    @Test
    void noServerIsOneLine() throws Exception {
        try (SituProcess lost = SituProcess.start("cli", "--tcp", "-p", "1", "PING")) {
            assertThat(lost.awaitExit()).isEqualTo(1);
            assertThat(lost.stderr().lines()).singleElement().asString().contains("could not connect to 127.0.0.1:1");
        }
    }

    @Test
    void overR2p2WhatNeedsAConnectionIsNotSent_andTheNextLineIsRun() throws Exception {
        try (SituProcess pipe = cli(false)) {
            pipe.type("multi", "select 3", "client setname me", "HELLO 3 AUTH a b", "set pipe value", "get pipe");
            assertThat(pipe.readLine()).isEqualTo("OK");
            assertThat(pipe.readLine()).isEqualTo("value");
            assertThat(pipe.awaitExit()).isEqualTo(1);
            String why = " needs a connection, and over R2P2 every request stands alone: use --tcp";
            assertThat(pipe.stderr().lines())
                    .containsExactly(
                            "situ: MULTI" + why,
                            "situ: SELECT" + why,
                            "situ: CLIENT SETNAME" + why,
                            "situ: HELLO" + why);
        }
        try (SituProcess one = cli(false, "select", "3")) {
            assertThat(one.awaitExit()).isEqualTo(1);
            assertThat(one.stderr()).contains("SELECT needs a connection");
        }
    }

    @Test
    void overTcpTheLinesShareAConnection() throws Exception {
        try (SituProcess pipe = cli(true)) {
            pipe.type("select 3", "multi", "set pipe3 value", "exec", "select 0", "exists pipe3");
            for (String line : new String[] {"OK", "OK", "QUEUED", "OK", "OK", "0"}) {
                assertThat(pipe.readLine()).isEqualTo(line);
            }
            assertThat(pipe.awaitExit()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void helpAndQuitAreForPipesToo(boolean tcp) throws Exception {
        try (SituProcess pipe = cli(tcp)) {
            pipe.type("help", "help getex", "Help client setname", "quit", "set not run");
            assertThat(pipe.readLine()).startsWith("Type a command");
            assertThat(pipe.readLine())
                    .isEqualTo("  GETEX key [EX seconds|PX milliseconds|EXAT unix-time-seconds"
                            + "|PXAT unix-time-milliseconds|PERSIST]");
            assertThat(pipe.readLine()).startsWith("  summary: ");
            assertThat(pipe.readLine()).isEqualTo("  since: 6.2.0");
            assertThat(pipe.readLine()).isEqualTo("  group: string");
            assertThat(pipe.readLine()).startsWith("  complexity: O(1)");
            assertThat(pipe.readLine()).startsWith("  CLIENT SETNAME ");
            assertThat(pipe.awaitExit()).isZero();
        }
        try (SituProcess none = cli(tcp, "help", "nothing")) {
            assertThat(none.awaitExit()).isEqualTo(1);
            assertThat(none.stderr()).contains("no such command");
        }
    }

    @Test
    void aPasswordLogsIn_alsoFromTheEnvironment() throws Exception {
        try (RespSocket admin = new RespSocket(server.tcpAddress())) {
            assertThat(admin.call("ACL", "SETUSER", "ann", "on", ">sesame", "+@all", "~*"))
                    .isEqualTo("+OK");
        }
        try (SituProcess ann = cli(true, "--user", "ann", "--pass", "sesame", "acl", "whoami")) {
            assertThat(ann.readLine()).isEqualTo("ann");
        }
        String port = Integer.toString(server.tcpAddress().getPort());
        try (SituProcess ann = SituProcess.start(
                Map.of("SITU_PASSWORD", "sesame"), "cli", "--tcp", "-p", port, "--user", "ann", "acl", "whoami")) {
            assertThat(ann.readLine()).isEqualTo("ann");
        }
        try (SituProcess wrong = cli(true, "--user", "ann", "--pass", "wrong", "ping")) {
            assertThat(wrong.awaitExit()).isEqualTo(1);
            assertThat(wrong.stderr().lines()).singleElement().asString().contains("WRONGPASS");
        }
    }
}
