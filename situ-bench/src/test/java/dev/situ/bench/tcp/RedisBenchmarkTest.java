package dev.situ.bench.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RedisBenchmarkTest {
    private static final String OUTPUT = """
            "test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms","p95_latency_ms","p99_latency_ms","max_latency_ms"
            "SET","98039.22","0.251","0.080","0.247","0.391","0.463","1.159"
            "GET","100502.52","0.246","0.072","0.239","0.383","0.455","0.863"
            """;

    @Test
    void itsLinesAreRead() throws IOException {
        assertThat(RedisBenchmark.parse(List.of("set", "get"), OUTPUT))
                .isEqualTo(Map.of(
                        "set", new RedisBenchmark.Line(98039.22, 0.247, 0.463),
                        "get", new RedisBenchmark.Line(100502.52, 0.239, 0.455)));
    }

    @Test
    void aCommandThatIsMissingIsAnError() {
        assertThatThrownBy(() -> RedisBenchmark.parse(List.of("ping_mbulk"), OUTPUT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ping_mbulk");
    }
}
