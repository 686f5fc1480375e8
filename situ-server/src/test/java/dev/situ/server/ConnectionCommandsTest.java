package dev.situ.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionCommandsTest {
    private static boolean contain(String line) {
        return ConnectionCommands.contain(CommandWords.split(line).orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(strings = {"multi", "Watch k", "SELECT 3", "client setname me", "CLIENT no-evict on", "ssubscribe c"})
    void whatAConnectionKeepsNeedsOne(String line) {
        assertThat(contain(line)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"get multi", "client", "client list", "publish c m", "setname"})
    void allElseDoesNot(String line) {
        assertThat(contain(line)).isFalse();
    }
}
