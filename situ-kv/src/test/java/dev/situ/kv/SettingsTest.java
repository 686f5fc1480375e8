package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Parameters: what their values may be, and that several change all or none.
class SettingsTest {
    private final AtomicLong size = new AtomicLong(100);
    private final AtomicLong number = new AtomicLong(5);
    private final AtomicLong changes = new AtomicLong();
    private final Settings settings = new Settings();

    @BeforeEach
    void declare() {
        settings.declare(Setting.memory("size", 10, 1 << 30, size::get, size::set));
        settings.declare(Setting.number("number", 0, 10, number::get, number::set));
        settings.declare(Setting.number("start", 0, 10, () -> 1, number::set).atStartOnly());
        settings.declare(Setting.fixed("fixed", () -> "x"));
        settings.onChange(changes::incrementAndGet);
    }

    @ParameterizedTest
    @CsvSource({"100, 100", "1k, 1000", "1kb, 1024", "1M, 1000000", "1mB, 1048576", "1gb, 1073741824", "20b, 20"})
    void memoryHasUnits(String text, long bytes) {
        assertThat(settings.change(List.of(Map.entry("size", text)))).isNull();
        assertThat(size).hasValue(bytes);
        assertThat(changes).hasValue(1);
    }

    @ParameterizedTest
    @CsvSource({"''", "x", "-1", "1tb", "kb", "1.5mb", "99999999999999999999", "9999999999999gb"})
    void whatIsNoMemoryIsRefused(String text) {
        assertThat(settings.change(List.of(Map.entry("size", text)))).contains("argument must be a memory value");
        assertThat(size).hasValue(100);
    }

    @Test
    void oneThatIsRefusedUndoesThoseBeforeIt() {
        String error = settings.change(List.of(Map.entry("SIZE", "200"), Map.entry("number", "11")));
        assertThat(error)
                .isEqualTo("ERR CONFIG SET failed (possibly related to argument 'number') - argument must be between 0"
                        + " and 10 inclusive");
        assertThat(size).hasValue(100);
        assertThat(number).hasValue(5);
        assertThat(changes).hasValue(0);
    }

    @Test
    void whatIsDecidedAtTheStartIsNotChangedLater() {
        assertThat(settings.load("start", "7")).isNull();
        assertThat(number).hasValue(7);
        assertThat(settings.change(List.of(Map.entry("start", "8")))).endsWith("can't set immutable config");
        assertThat(settings.load("fixed", "y")).isEqualTo("can't set immutable config");
    }
}
