package dev.situ.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.bench.frame.Experiment;
import dev.situ.bench.frame.Programs;
import dev.situ.dpdk.Eal;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Runs every experiment as the command line does, so small that the figures mean nothing, and looks at what it
/// leaves: names that others rely on, JSON of the form that is kept, pictures and a page that parse.
class ExperimentsTest {
    private static final boolean REDIS = Programs.isThere("redis-server");
    private static final boolean REDIS_BENCHMARK = Programs.isThere("redis-benchmark");
    private static final boolean DPDK = Eal.missing() == null;
    private static final boolean MEMCACHED = Programs.isThere("memcached");

    @TempDir
    private static Path out;

    static Stream<String> names() {
        return Experiments.ALL.stream().map(Experiment::name);
    }

    @ParameterizedTest
    @MethodSource("names")
    void anExperimentLeavesJsonPicturesAndAPage(String name) throws Exception {
        assertThat(Main.execute(name, "--tiny", "--out", out.toString())).isZero();

        JsonNode json = JsonMapper.shared().readTree(Files.readString(out.resolve(name + ".json")));
        assertThat(json.propertyNames()).containsExactlyInAnyOrder("experiment", "machine", "results", "summary");
        assertThat(json.get("experiment").asString()).isEqualTo(name);
        assertThat(json.get("machine").propertyNames())
                .contains("date", "kernel", "cpu", "cores", "memory_bytes", "jvm", "scale", "rounds", "left_out");
        List<String> expected = summary(name);
        assertThat(json.get("summary").propertyNames()).containsAll(expected);
        for (String each : expected) {
            assertThat(json.get("summary").get(each).isNumber()).as(each).isTrue();
        }
        if (name.equals("size") && DPDK) {
            // Counts, not times: they are the same at every scale.
            assertThat(json.get("summary").get("payload_bytes_copied.always").asDouble())
                    .isZero();
            assertThat(json.get("summary").get("payload_bytes_copied.never").asDouble())
                    .isEqualTo(2 * 1400);
        }
        if (!expected.isEmpty()) {
            assertThat(json.get("results")).isNotEmpty().allSatisfy(ExperimentsTest::isResult);
        }

        Document page = parse(Files.readString(out.resolve("index.html")).replace("<!DOCTYPE html>", ""));
        assertThat(page.getElementsByTagName("h2").getLength()).isPositive();
        List<Path> pictures = pictures(name);
        assertThat(pictures).isNotEmpty();
        for (Path picture : pictures) {
            Document svg = parse(Files.readString(picture));
            assertThat(svg.getDocumentElement().getTagName())
                    .as(picture.toString())
                    .isEqualTo("svg");
        }
    }

    private static void isResult(JsonNode result) {
        assertThat(result.propertyNames())
                .containsExactlyInAnyOrder("system", "metric", "unit", "value", "low", "high", "params");
        assertThat(result.get("low").asDouble())
                .isLessThanOrEqualTo(result.get("value").asDouble());
        assertThat(result.get("value").asDouble())
                .isLessThanOrEqualTo(result.get("high").asDouble());
    }

    /// What others compare over time; a name of a peer that is not installed is missing.
    private static List<String> summary(String name) {
        List<String> names = new ArrayList<>();
        switch (name) {
            case "map" ->
                names.addAll(List.of(
                        "opti_mops.mixed",
                        "opti_mops.collision",
                        "opti_vs_chm.mixed",
                        "opti_vs_chm.collision",
                        "put_p99_ns.mixed",
                        "put_p99_ns.collision"));
            case "store" ->
                names.addAll(List.of(
                        "get_vs_chm.8k",
                        "put_vs_chm.8k",
                        "get_vs_chm.4m",
                        "put_vs_chm.4m",
                        "get_staged_vs_chm.8k",
                        "put_staged_vs_chm.8k",
                        "get_staged_vs_chm.4m",
                        "put_staged_vs_chm.4m",
                        "staged_vs_single.4m",
                        "growth_p999_vs_steady"));
            case "memory" -> {
                names.addAll(List.of("overhead_bytes.16_64_ttl", "overhead_bytes.16_64"));
                addIf(REDIS, names, "redis_overhead_bytes.16_64_ttl", "redis_overhead_bytes.16_64");
            }
            case "tcp" ->
                addIf(
                        REDIS && REDIS_BENCHMARK,
                        names,
                        "get_p1_vs_redis",
                        "set_p1_vs_redis",
                        "get_p16_vs_redis",
                        "set_p16_vs_redis",
                        "get_batch_p1_vs_redis",
                        "set_batch_p1_vs_redis",
                        "get_batch_p16_vs_redis",
                        "set_batch_p16_vs_redis");
            case "r2p2" -> {
                names.addAll(List.of(
                        "get_vs_echo.single",
                        "rtt_vs_echo",
                        "reliable_vs_compatible",
                        "packets_per_call",
                        "retransmissions"));
                addIf(MEMCACHED, names, "get_vs_memcached_udp", "get_vs_memcached_udp.single");
            }
            case "loss" -> names.addAll(List.of("goodput.1pct", "p99_ms.1pct", "large_goodput.1pct"));
            case "isolation" -> {
                names.addAll(List.of("p999_ratio", "tcp_p999_ratio"));
                addIf(REDIS, names, "redis_p999_ratio");
            }
            case "dpdk" -> {
                addIf(
                        DPDK,
                        names,
                        "echo_rtt_vs_bare",
                        "echo_mpps_vs_bare",
                        "get_rtt_vs_echo",
                        "get_vs_echo",
                        "get_mrps",
                        "poller_gap_ms",
                        "spinner_gap_ms",
                        "poller_bytes_per_packet");
                addIf(DPDK && REDIS && REDIS_BENCHMARK, names, "get_vs_redis");
            }
            case "net" -> {
                addIf(
                        DPDK,
                        names,
                        "p50_1400_vs_64.dpdk",
                        "p50_1400_vs_64.dpdk_many",
                        "p999_vs_p50_at_half.dpdk",
                        "late_percent_at_half.dpdk",
                        "gap_late_percent_at_half.dpdk",
                        "gap_p999_us.dpdk");
                addIf(REDIS, names, "r2p2_vs_redis", "tcp_vs_redis");
                addIf(DPDK && REDIS, names, "dpdk_vs_redis");
                addIf(MEMCACHED, names, "r2p2_vs_memcached");
            }
            case "size" ->
                addIf(
                        DPDK,
                        names,
                        "get_ns_1400_vs_64.always",
                        "get_ns_1400_vs_64.copy_break",
                        "get_ns_1400_vs_64.never",
                        "payload_bytes_copied.always",
                        "payload_bytes_copied.never");
            case "allocation" -> {
                names.addAll(List.of("bytes_per_request.r2p2", "bytes_per_request.tcp"));
                addIf(DPDK, names, "bytes_per_request.dpdk");
            }
            default -> throw new AssertionError("say here which names " + name + " has in its summary");
        }
        return names;
    }

    private static void addIf(boolean there, List<String> names, String... more) {
        if (there) {
            names.addAll(List.of(more));
        } else {
            System.out.println("not looked for, since a peer, or DPDK, is not installed: " + String.join(", ", more));
        }
    }

    private static List<Path> pictures(String name) throws Exception {
        try (Stream<Path> files = Files.list(out)) {
            return files.filter(file -> file.getFileName().toString().matches(name + "-.*\\.svg"))
                    .toList();
        }
    }

    private static Document parse(String xml) throws Exception {
        DocumentBuilder builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
        builder.setErrorHandler(null);
        return builder.parse(new InputSource(new StringReader(xml)));
    }

    @Test
    void anUnknownNameIsTheUsersMistake() {
        assertThat(Main.execute("nonsense", "--out", out.toString())).isEqualTo(2);
    }
}
