package dev.situ.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.situ.bench.frame.ServerProcess;
import dev.situ.bench.frame.ServerProcess.Kind;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Loads a real server, as short as it goes, and looks at what was answered; how fast does not matter.
@Timeout(300)
class LoadCommandTest {
    private static ServerProcess server;

    @BeforeAll
    static void start() throws Exception {
        server = ServerProcess.start(Kind.SITU, 256 << 20, List.of());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static LoadPlan plan(Target target, Workload workload, double rate) {
        return new LoadPlan(target, workload, rate, 64, 2, 4, 200_000_000, 1, target.kind() != Target.Kind.ECHO);
    }

    private static LoadReport run(LoadPlan plan) throws Exception {
        return LoadRun.run(plan, new PrintStream(new ByteArrayOutputStream()));
    }

    private static Target target(String transport) {
        int port =
                transport.equals("tcp") ? server.tcp().getPort() : server.udp().getPort();
        return Target.parse(transport + "://127.0.0.1:" + port);
    }

    @ParameterizedTest
    @ValueSource(strings = {"r2p2", "tcp"})
    void everyPresetIsAnsweredWithoutErrors(String transport) throws Exception {
        for (Preset preset : Preset.values()) {
            LoadReport report = run(plan(target(transport), preset.workload().withKeys(500), 0));

            assertThat(report.errors()).as("%s: %s", preset, report.text()).isZero();
            assertThat(report.latencies().getTotalCount()).as("%s", preset).isPositive();
            assertThat(report.answers().getOrDefault(Answer.NOTHING, 0L))
                    .as("%s: all keys are there", preset)
                    .isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"r2p2", "tcp"})
    void valuesOfMoreThanAPacketAreWrittenAndRead(String transport) throws Exception {
        Workload workload = Workload.USUAL
                .withKeys(20)
                .withMix(Mix.parse("get:50,set:50"))
                .withValueSizes(Sizes.parse("fixed:100000"));
        LoadReport report = run(plan(target(transport), workload, 0));

        assertThat(report.errors()).as(report.text()).isZero();
        assertThat(report.json().get("loop")).isEqualTo("closed");
    }

    @Test
    void anOpenLoopIsAnsweredWithoutErrors() throws Exception {
        LoadReport report = run(plan(target("tcp"), Workload.USUAL.withKeys(100), 500));

        assertThat(report.errors()).as(report.text()).isZero();
        assertThat(report.json().get("loop")).isEqualTo("open");
    }

    @Test
    void anEchoAnswersEverything() throws Exception {
        LoadReport report = run(plan(Target.parse("echo"), Workload.USUAL, 0));

        assertThat(report.errors()).isZero();
        assertThat(report.answers().getOrDefault(Answer.VALUE, 0L)).isPositive();
    }

    @Test
    void theCommandLineRunsALoad() {
        String target = target("tcp").toString();
        assertThat(LoadCommand.execute(
                        "--target", target, "--keys", "50", "--duration", "100ms", "--warm-up", "1ms", "--json"))
                .isZero();
    }

    @Test
    void aMistakeIsTheUsers() {
        assertThat(LoadCommand.execute("--target", "http://localhost:80")).isEqualTo(2);
        assertThat(LoadCommand.execute("--target", "echo", "--rate", "5", "--outstanding", "5"))
                .isEqualTo(2);
        assertThat(LoadCommand.execute("--target", "echo", "--dist", "normal")).isEqualTo(2);
        assertThat(LoadCommand.execute("--target", "echo", "--preset", "ycsb-e"))
                .isEqualTo(2);
        assertThat(LoadCommand.execute("--target", "echo", "--duration", "soon"))
                .isEqualTo(2);
        assertThat(LoadCommand.execute("--target", "tcp://127.0.0.1:1", "--keys", "1"))
                .as("nobody listens")
                .isEqualTo(2);
    }

    @Test
    void timesHaveUnits() {
        assertThat(LoadCommand.nanos("500ms")).isEqualTo(500_000_000);
        assertThat(LoadCommand.nanos("30s")).isEqualTo(30_000_000_000L);
        assertThat(LoadCommand.nanos("2m")).isEqualTo(120_000_000_000L);
        assertThatThrownBy(() -> LoadCommand.nanos("30")).isInstanceOf(IllegalArgumentException.class);
    }
}
