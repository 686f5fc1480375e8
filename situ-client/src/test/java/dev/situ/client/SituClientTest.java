package dev.situ.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import dev.situ.r2p2.CallStart;
import dev.situ.r2p2.CallStatus;
import dev.situ.r2p2.Completion;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SituClientTest {
    private MapServer server;
    private SituClient client;

    @BeforeEach
    void start() throws IOException {
        server = new MapServer();
        client = SituClient.connect(server.address());
    }

    @AfterEach
    void stop() throws InterruptedException {
        client.close();
        server.close();
        assertThat(server.server().statistics().unfinished()).isZero();
        assertThat(server.server().statistics().dropped().total()).isZero();
    }

    private static byte[] key(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 64, 1400, 1464, 1465, 100_000, 300_000})
    void aValueComesBackAsItWasSet(int length) {
        byte[] value = random(length);
        client.set(key("k"), value);
        assertThat(client.getBytes(key("k"))).isEqualTo(value);
        try (Value read = client.get(key("k"))) {
            assertThat(read).isNotNull();
            assertThat(read.length()).isEqualTo(length);
            assertThat(read.toArray()).isEqualTo(value);
            client.set(key("copy"), read.memory());
        }
        assertThat(client.getBytes(key("copy"))).isEqualTo(value);
        assertThat(client.delete(key("k"))).isTrue();
        assertThat(client.delete(key("k"))).isFalse();
        assertThat(client.getBytes(key("k"))).isNull();
        assertThat(client.get(key("k"))).isNull();
    }

    @Test
    void anyCommandGivesItsReply() {
        assertThat(client.command("SAY", "+hello\r\n")).isEqualTo(new Reply.Simple("hello"));
        assertThat(client.command("NONSENSE")).isEqualTo(new Reply.Failure("ERR unknown command 'NONSENSE'"));
        assertThat(client.command("SAY", "*2\r\n:1\r\n_\r\n"))
                .isEqualTo(new Reply.Array(List.of(new Reply.Int(1), new Reply.Null())));
    }

    @Test
    void failuresAreToldApart() {
        assertThatThrownBy(() -> client.command("REFUSE")).isInstanceOf(SituException.Refused.class);
        assertThatThrownBy(() -> client.command("SAY", "nonsense")).isInstanceOf(SituException.UnreadableReply.class);
        assertThatThrownBy(() -> client.command("SAY", "+one\r\n+two\r\n"))
                .isInstanceOf(SituException.UnreadableReply.class);
        assertThatThrownBy(() -> client.commandAsync(key("REFUSE")).get())
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(SituException.Refused.class);
        assertThatThrownBy(() -> client.set(key("k"), random(70_000_000)))
                .as("more than the server takes")
                .isInstanceOf(SituException.TooLarge.class);
        assertThat(client.command("ECHO", "x")).isNotNull();
    }

    @Test
    void theCompatibleModeHasItsLimits() throws IOException {
        try (SituClient compatible =
                SituClient.connect(SituClientOptions.of(server.address()).compatible())) {
            compatible.set(key("large"), random(500_000));
            assertThatThrownBy(() -> compatible.getBytes(key("large")))
                    .isInstanceOfSatisfying(
                            SituException.ServerError.class,
                            e -> assertThat(e.code()).isEqualTo("ERR"))
                    .hasMessageContaining("is over 371856");
            assertThatThrownBy(() -> compatible.set(key("k"), random(5_000_000)))
                    .as("more than the server keeps unfinished")
                    .isInstanceOf(SituException.Refused.class);
            assertThat(compatible.command("ECHO", "x")).isNotNull();
            assertThat(client.getBytes(key("large"))).isEqualTo(random(500_000));
        }
    }

    @Test
    void whoMayNotFailWaitsForRoom() throws Exception {
        try (SituClient narrow = SituClient.connect(
                SituClientOptions.of(server.address()).withCalls(1, 1).withWhenFull(WhenFull.BLOCK))) {
            List<CompletableFuture<?>> sets = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                sets.add(narrow.setAsync(key("k" + i), key("v" + i)));
            }
            CompletableFuture.allOf(sets.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
            assertThat(narrow.getBytes(key("k499"))).isEqualTo(key("v499"));
        }
    }

    @Test
    void whoWaitsForRoomLearnsThatTheClientIsClosed() throws Exception {
        try (DatagramSocket deaf = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            SituClient lonely = SituClient.connect(
                    SituClientOptions.of(new InetSocketAddress(deaf.getLocalAddress(), deaf.getLocalPort()))
                            .withCalls(1, 1)
                            .withWhenFull(WhenFull.BLOCK));
            CompletableFuture<CompletableFuture<Boolean>> blocked = new CompletableFuture<>();
            Thread waiting = Thread.ofPlatform().start(() -> {
                CompletableFuture<Boolean> last = new CompletableFuture<>();
                for (int i = 0; i < 5; i++) {
                    last = lonely.deleteAsync(key("k"));
                }
                blocked.complete(last);
            });
            while (waiting.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            lonely.close();
            CompletableFuture<Boolean> last = blocked.get(30, TimeUnit.SECONDS);
            assertThatThrownBy(last::get).hasCauseInstanceOf(SituException.Closed.class);
        }
    }

    @Test
    void aServerThatIsStartedAgainIsFoundAgain() throws Exception {
        client.set(key("k"), key("before"));
        assertThat(client.statistics().sessions()).isEqualTo(1);
        server.restart();
        // The delayed acknowledgement of the SET may tell the client of the restart before it calls again.
        boolean toldBefore = false;
        try {
            assertThat(client.getBytes(key("k"))).isEqualTo(key("before"));
            toldBefore = true;
        } catch (SituException.OutcomeUnknown _) {
            assertThat(client.getBytes(key("k"))).isEqualTo(key("before"));
        }
        assertThat(client.statistics().sessions()).isEqualTo(2);
        assertThat(client.statistics().outcomeUnknown()).isEqualTo(toldBefore ? 0 : 1);
    }

    @Test
    void theNextServerIsAskedWhenTheFirstDoesNotAnswer() throws Exception {
        try (DatagramSocket deaf = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                SituClient other = SituClient.connect(SituClientOptions.of(
                                new InetSocketAddress(deaf.getLocalAddress(), deaf.getLocalPort()), server.address())
                        .withTimeout(Duration.ofSeconds(30)))) {
            other.set(key("k"), key("v"));
            assertThat(client.getBytes(key("k"))).isEqualTo(key("v"));
            assertThat(other.statistics().roundTripNanos()).isPositive();
        }
    }

    @Test
    void withoutAServerACallTimesOut() throws IOException {
        try (DatagramSocket deaf = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                SituClient lonely = SituClient.connect(
                        SituClientOptions.of(new InetSocketAddress(deaf.getLocalAddress(), deaf.getLocalPort()))
                                .withTimeout(Duration.ofMillis(30))
                                .withCalls(4, 100))) {
            List<CompletableFuture<Boolean>> calls = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                calls.add(lonely.deleteAsync(key("k" + i)));
            }
            for (CompletableFuture<Boolean> call : calls) {
                assertThatThrownBy(call::get).hasCauseInstanceOf(SituException.TimedOut.class);
            }
            assertThatThrownBy(() -> lonely.set(key("k"), random(5000))).isInstanceOf(SituException.TimedOut.class);
            long patience = System.nanoTime() + Duration.ofSeconds(10).toNanos();
            while (lonely.statistics().outstanding() != 0 && System.nanoTime() < patience) {
                Thread.onSpinWait(); // it is told behind the round in which the last call ended
            }
            assertThat(lonely.statistics().outstanding()).isZero();
        }
    }

    @Test
    void moreCallsThanMayWaitFailAtOnce() throws IOException {
        try (DatagramSocket deaf = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            SituClient lonely = SituClient.connect(
                    SituClientOptions.of(new InetSocketAddress(deaf.getLocalAddress(), deaf.getLocalPort()))
                            .withCalls(1, 10));
            List<CompletableFuture<Boolean>> calls = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                calls.add(lonely.deleteAsync(key("k" + i)));
            }
            assertThat(calls).anySatisfy(call -> assertThat(call).isCompletedExceptionally());
            lonely.close();
            for (CompletableFuture<Boolean> call : calls) {
                assertThatThrownBy(call::get)
                        .cause()
                        .isInstanceOfAny(SituException.Overloaded.class, SituException.Closed.class);
            }
            assertThatThrownBy(() -> lonely.delete(key("k"))).isInstanceOf(SituException.Closed.class);
        }
    }

    @Test
    void manyThreadsShareAClient() throws Exception {
        int threads = 8;
        int rounds = 300;
        List<Thread> all = new ArrayList<>();
        AtomicInteger right = new AtomicInteger();
        for (int t = 0; t < threads; t++) {
            int id = t;
            all.add(Thread.ofPlatform().start(() -> {
                Random random = new Random(id);
                for (int i = 0; i < rounds; i++) {
                    byte[] value = new byte[random.nextInt(10) == 0 ? random.nextInt(20_000) : random.nextInt(100)];
                    random.nextBytes(value);
                    client.set(key("k" + id), value);
                    if (java.util.Arrays.equals(value, client.getBytes(key("k" + id)))) {
                        right.incrementAndGet();
                    }
                }
            }));
        }
        for (Thread thread : all) {
            thread.join();
        }
        assertThat(right).hasValue(threads * rounds);
    }

    @Test
    void manyFuturesMayBeOutstanding() throws Exception {
        List<CompletableFuture<byte[]>> gets = new ArrayList<>();
        List<CompletableFuture<?>> sets = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            sets.add(client.setAsync(key("k" + i), key("v" + i)));
        }
        CompletableFuture.allOf(sets.toArray(CompletableFuture[]::new)).get();
        for (int i = 0; i < 5000; i++) {
            gets.add(client.getBytesAsync(key("k" + i)));
        }
        for (int i = 0; i < gets.size(); i++) {
            assertThat(gets.get(i).get()).isEqualTo(key("v" + i));
        }
    }

    @Test
    void manyLongRequestsAtOnceAreNotLost() throws Exception {
        List<CompletableFuture<?>> sets = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            sets.add(client.setAsync(key("k" + i), random(200_000 + i)));
        }
        CompletableFuture.allOf(sets.toArray(CompletableFuture[]::new)).get();
        for (int i = 0; i < 40; i++) {
            assertThat(client.getBytes(key("k" + i))).isEqualTo(random(200_000 + i));
        }
    }

    @Test
    void aCancelledReadGivesItsMemoryBack() throws Exception {
        client.set(key("k"), random(1000));
        CompletableFuture<?> cancelled = client.getAsync(key("k"));
        cancelled.cancel(false);
        try (Value value = client.getAsync(key("k")).get()) {
            assertThat(value.toArray()).isEqualTo(random(1000));
        }
    }

    @Test
    void aClosedValueIsNotReadable() {
        client.set(key("k"), random(10));
        Value value = client.get(key("k"));
        value.close();
        value.close();
        assertThatThrownBy(value::memory).isInstanceOf(IllegalStateException.class);
        Value open = client.get(key("k"));
        MemorySegment memory = open.memory();
        client.close();
        assertThatThrownBy(() -> Words.getByte(memory, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theClientsThreadMustNotWait() throws Exception {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        client.onIoThread(_ -> {
            try {
                client.delete(key("k"));
            } catch (IllegalStateException e) {
                thrown.complete(e);
            }
        });
        assertThat(thrown.get(30, TimeUnit.SECONDS)).hasMessageContaining("must not wait");
    }

    @Test
    void onlyTheClientsThreadMayStartCallsDirectly() throws Exception {
        CompletableFuture<ClientIo> io = new CompletableFuture<>();
        client.onIoThread(io::complete);
        ClientIo taken = io.get(30, TimeUnit.SECONDS);
        assertThatThrownBy(() -> taken.call(MemorySegment.NULL, 0, 0, (_, _, _) -> {}, 0))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aTaskThatThrowsCostsNothingElse() {
        client.onIoThread(_ -> {
            throw new IllegalStateException("on purpose, in a test");
        });
        assertThat(client.delete(key("k"))).isFalse();
    }

    @Test
    void closingOnTheClientsThreadEndsEveryCall() throws Exception {
        CompletableFuture<Boolean> call = new CompletableFuture<>();
        var _ = client.deleteAsync(key("k")).thenRun(client::close).whenComplete((_, e) -> call.complete(e == null));
        assertThat(call.get(30, TimeUnit.SECONDS)).isTrue();
        client.close();
        assertThatThrownBy(() -> client.delete(key("k"))).isInstanceOf(SituException.Closed.class);
    }

    @Test
    void aLoadGeneratorCallsFromItsCompletions() throws Exception {
        client.set(key("key"), key("value"));
        MemorySegment name = Arena.ofAuto().allocate(3);
        Words.copyFrom(key("key"), 0, name, 0, 3);
        CompletableFuture<Integer> done = new CompletableFuture<>();
        client.onIoThread(io -> new Completion() {
            private int left = 20_000;
            private int right;

            void startAll() {
                for (int i = 0; i < 32; i++) {
                    start();
                }
            }

            private void start() {
                if (left > 0) {
                    left--;
                    assertThat(io.get(name, 0, 3, this, left)).isEqualTo(CallStart.STARTED);
                } else if (io.outstanding() == 0) {
                    done.complete(right);
                }
            }

            @Override
            public void complete(long token, CallStatus status, SliceList response) {
                if (status == CallStatus.OK && response.length() == "$5\r\nvalue\r\n".length()) {
                    right++;
                }
                start();
            }
        }.startAll());
        assertThat(done.get(50, TimeUnit.SECONDS)).isEqualTo(20_000);
    }
}
