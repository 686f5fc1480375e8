package dev.situ.r2p2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import dev.situ.testkit.Impairments;
import dev.situ.udp.PeerAddress;
import dev.situ.udp.UdpQueue;
import dev.situ.udp.UdpStack;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The reliable mode over real sockets and lines that lose, double, reorder and damage datagrams in both directions.
///
/// ```
///   -Dsitu.r2p2.incrs=1000000    that many increments, together
///   -Dsitu.r2p2.lineSeed=7       another fate of the datagrams
/// ```
class ReliableSocketsTest {
    private static final int INCRS = Integer.getInteger("situ.r2p2.incrs", 50_000);
    private static final long SEED = Long.getLong("situ.r2p2.lineSeed", 1);
    private static final int CLIENTS = 8;
    private static final long SECOND = 1_000_000_000;

    /// 10 % loss, 5 % duplication, 10 % reordering, 1 % damage that the checksum finds; half of it on the line of
    /// each end, so that a datagram passes all of it.
    private static Impairments bad(long seed) {
        return new Impairments(seed, 0.05, 0.025, 0.05, 0.005, true, 4);
    }

    /// A client with a thread of its own that makes calls one after the other from a window.
    private static final class Caller {
        private final UdpStack stack;
        private final ReliableClient client;
        private final Map<CallStatus, Integer> ends = new EnumMap<>(CallStatus.class);

        Caller(InetSocketAddress server, Impairments impairments) throws IOException {
            stack = CounterServer.stack(impairments);
            client = new ReliableClient(
                    new long[] {PeerAddress.of(server)},
                    ReliableClientOptions.DEFAULTS.withGiveUp(100 * SECOND),
                    System::nanoTime);
            stack.bind(CounterServer.anyPort(), client);
        }

        /// Drives the client until nothing is outstanding and `more` starts no more calls.
        void drive(java.util.function.BooleanSupplier more) {
            UdpQueue queue = stack.queue(0);
            while (more.getAsBoolean() || client.outstanding() > 0) {
                queue.sender().flush();
                int received = queue.poll();
                client.tick(queue.sender());
                if (received == 0) {
                    queue.await(Math.min(client.delay(), 1_000_000));
                }
            }
        }

        CallStart call(MemorySegment request, long timeoutNanos, Completion completion) {
            return client.call(
                    stack.queue(0).sender(),
                    request,
                    0,
                    (int) request.byteSize(),
                    System.nanoTime() + timeoutNanos,
                    (token, status, response) -> {
                        ends.merge(status, 1, Integer::sum);
                        completion.complete(token, status, response);
                    },
                    0);
        }

        void close() {
            client.close();
            assertThat(stack.statistics().retained()).isZero();
            stack.close();
        }
    }

    private static final class Increments {
        private final Caller caller;
        private final MemorySegment one = Arena.ofAuto().allocate(1);
        private final int calls;
        private int started;
        private long last;
        private boolean ordered = true;

        Increments(Caller caller, int calls) {
            this.caller = caller;
            this.calls = calls;
        }

        boolean more() {
            while (started < calls && caller.client.outstanding() < 32) {
                assertThat(caller.call(one, 60 * SECOND, this::ended)).isEqualTo(CallStart.STARTED);
                started++;
            }
            return started < calls;
        }

        private void ended(long token, CallStatus status, SliceList response) {
            if (status == CallStatus.OK) {
                long value = Words.getLong(response.memory(0), response.offset(0));
                ordered &= value > 0;
                last = Math.max(last, value);
            }
        }
    }

    private static List<Caller> increment(CounterServer server, int calls) throws Exception {
        List<Caller> callers = new ArrayList<>();
        List<CompletableFuture<Void>> done = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            Caller caller = new Caller(server.address(), bad(SEED + i));
            callers.add(caller);
            Increments increments = new Increments(caller, calls / CLIENTS);
            CompletableFuture<Void> end = new CompletableFuture<>();
            done.add(end);
            Thread.ofPlatform().start(() -> {
                try {
                    caller.drive(increments::more);
                    assertThat(increments.ordered).isTrue();
                    end.complete(null);
                } catch (RuntimeException | Error e) {
                    end.completeExceptionally(e);
                }
            });
        }
        CompletableFuture.allOf(done.toArray(CompletableFuture[]::new)).get();
        return callers;
    }

    @Test
    void everyIncrementCountsOnceOnABadLine() throws Exception {
        try (CounterServer server = new CounterServer(CounterServer.anyPort(), bad(SEED + 100), 0)) {
            int calls = INCRS / CLIENTS * CLIENTS;
            long retransmitted = 0;
            for (Caller caller : increment(server, calls)) {
                assertThat(caller.ends)
                        .as("%s", caller.client.statistics())
                        .containsOnly(Map.entry(CallStatus.OK, calls / CLIENTS));
                retransmitted += caller.client.statistics().retransmitted();
                caller.close();
            }
            assertThat(server.counter()).isEqualTo(calls);
            assertThat(server.statistics().executed()).isEqualTo(calls);
            assertThat(retransmitted).isPositive();
            System.out.println("ReliableSocketsTest: " + calls + " increments, " + retransmitted
                    + " requests sent again, " + server.statistics());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 1000, 1456, 1457, 5000, 100_000, 3_000_000})
    void aMessageOfAnyLengthComesBackOnABadLine(int length) throws Exception {
        try (CounterServer server = new CounterServer(CounterServer.anyPort(), bad(SEED + length), 0)) {
            echo(new Caller(server.address(), bad(SEED - length)), length);
            assertThat(server.statistics().executed()).isEqualTo(1);
        }
    }

    @Test
    void aMessageOf64MegabytesComesBack() throws Exception {
        try (CounterServer server = new CounterServer(CounterServer.anyPort(), Impairments.none(), 0)) {
            Caller caller = new Caller(server.address(), Impairments.lossy(SEED, 0.001));
            echo(caller, 64 << 20);
            System.out.println("ReliableSocketsTest: 64 MiB there and back: " + server.statistics());
        }
    }

    private static void echo(Caller caller, int length) {
        MemorySegment request = Arena.ofAuto().allocate(length);
        for (long i = 0; i < length; i++) {
            Words.setByte(request, i, (byte) (i * 31 + i / 1456));
        }
        List<Boolean> equal = new ArrayList<>();
        caller.call(request, 120 * SECOND, (_, status, response) -> {
            boolean same = status == CallStatus.OK && response.length() == length;
            long at = 0;
            for (int i = 0; same && i < response.size(); i++) {
                same = Words.equal(response.memory(i), response.offset(i), request, at, response.length(i));
                at += response.length(i);
            }
            equal.add(same);
        });
        caller.drive(() -> false);
        assertThat(caller.ends).as("%s", caller.client.statistics()).containsOnly(Map.entry(CallStatus.OK, 1));
        assertThat(equal).containsExactly(true);
        caller.close();
    }

    /// Calls end with their reply or with one of the documented errors; the counter lies between what surely and
    /// what possibly was executed.
    @Test
    void aServerThatIsKilledAndStartedAgainExecutesNothingTwice() throws Exception {
        CounterServer first = new CounterServer(CounterServer.anyPort(), bad(SEED + 200), 0);
        InetSocketAddress address = first.address();
        List<Caller> callers = new CopyOnWriteArrayList<>();
        AtomicLong ended = new AtomicLong();
        int each = 2_000;
        List<CompletableFuture<Void>> done = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            Caller caller = new Caller(address, bad(SEED + 300 + i));
            callers.add(caller);
            CompletableFuture<Void> end = new CompletableFuture<>();
            done.add(end);
            MemorySegment one = Arena.ofAuto().allocate(1);
            int[] started = {0};
            Thread.ofPlatform().start(() -> {
                try {
                    caller.drive(() -> {
                        while (started[0] < each && caller.client.outstanding() < 16) {
                            caller.call(one, 60 * SECOND, (_, _, _) -> ended.incrementAndGet());
                            started[0]++;
                        }
                        return started[0] < each;
                    });
                    end.complete(null);
                } catch (RuntimeException | Error e) {
                    end.completeExceptionally(e);
                }
            });
        }
        while (ended.get() < CLIENTS * each / 2) {
            Thread.onSpinWait();
        }
        first.close();
        try (CounterServer second = new CounterServer(address, bad(SEED + 400), first.counter())) {
            CompletableFuture.allOf(done.toArray(CompletableFuture[]::new)).get();
            Map<CallStatus, Integer> ends = new EnumMap<>(CallStatus.class);
            callers.forEach(caller -> caller.ends.forEach((status, n) -> ends.merge(status, n, Integer::sum)));
            callers.forEach(Caller::close);
            System.out.println("ReliableSocketsTest: started again in the middle: " + ends);
            assertThat(ends).containsOnlyKeys(CallStatus.OK, CallStatus.OUTCOME_UNKNOWN);
            int sure = ends.get(CallStatus.OK);
            assertThat(ends.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(CLIENTS * each);
            assertThat(second.counter()).isBetween((long) sure, (long) sure + ends.get(CallStatus.OUTCOME_UNKNOWN));
        }
    }
}
