package dev.situ.server;

import static org.assertj.core.api.Assertions.assertThat;

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
}
