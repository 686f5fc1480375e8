package dev.situ.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretLinesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "auth sesame",
                "  AUTH ann sesame",
                "\"\\x61uth\" sesame",
                "auth \"sesame",
                "Acl SetUser ann on >sesame",
                "config set maxmemory 1gb RequirePass sesame",
                "CONFIG SET masterauth sesame",
                "config set tls-key-file-pass sesame",
                "hello 3 AUTH ann sesame",
                "migrate host 6379 key 0 1000 auth sesame"
            })
    void aLineWithAPasswordIsSecret(String line) {
        assertThat(SecretLines.contain(line)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "get auth", "hello 3", "acl list", "config get requirepass", "set k \"auth", "config set a b"
            })
    void otherLinesAreNot(String line) {
        assertThat(SecretLines.contain(line)).isFalse();
    }
}
