package dev.situ.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class CommandLineTest {
    @Test
    void helpOfServeListsEveryOptionWithItsDefault() {
        StringWriter out = new StringWriter();
        int code = Main.commandLine().setOut(new PrintWriter(out)).execute("serve", "--help");
        assertThat(code).isZero();
        assertThat(out.toString())
                .containsSubsequence("--bind", "127.0.0.1")
                .containsSubsequence("--port", "6379")
                .containsSubsequence("--r2p2-port", "8000")
                .containsSubsequence("--workers", "0")
                .containsSubsequence("--maxmemory", "1gb")
                .contains("--r2p2-compatible", "--busy-poll", "--unixsocket");
    }

    @Test
    void helpNamesTheCommands() {
        StringWriter out = new StringWriter();
        int code = Main.commandLine().setOut(new PrintWriter(out)).execute("help");
        assertThat(code).isZero();
        assertThat(out.toString()).contains("serve", "cli", "version", "generate-completion", "situ test");
    }

    @Test
    void completionIsAShellScriptThatKnowsTheOptions() {
        StringWriter out = new StringWriter();
        CommandLine situ = Main.commandLine().setOut(new PrintWriter(out));
        assertThat(situ.execute("generate-completion")).isZero();
        assertThat(out.toString()).contains("complete -F", "--r2p2-port", "--maxmemory");
    }

    @Test
    void anUnknownCommandIsOneLineAndCodeTwo() {
        StringWriter err = new StringWriter();
        int code = Main.commandLine().setErr(new PrintWriter(err)).execute("sevre");
        assertThat(code).isEqualTo(Main.USER_ERROR);
        assertThat(err.toString().lines()).singleElement().asString().contains("sevre");
    }
}
