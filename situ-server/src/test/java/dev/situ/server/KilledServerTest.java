package dev.situ.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.client.Reply;
import dev.situ.client.SituClient;
import dev.situ.client.SituClientOptions;
import dev.situ.client.SituException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The server's process is killed in the middle of calls (SIGKILL: it can finish nothing), and another one is
/// started in its place, as a supervisor does.
///
/// ```
///   calls     | answered | answered … on their way | … sent to nobody | answered … |
///   server    | first                              ✝                  | second     |
/// ```
///
/// Each call makes a key of its own, by a command whose reply is another one when it is executed again.
@Timeout(180)
class KilledServerTest {
    private static final int OUTSTANDING = 64;
    private static final int CALLS = 2_000;
    /// One call in so many has a request of several packets.
    private static final int LARGE_EVERY = 8;

    private static final int LARGE_BYTES = 20_000;

    /// One call and how it ended.
    private record Call(int number, CompletableFuture<Reply> reply) {
        static String key(int number) {
            return "call " + number;
        }

        static boolean isLarge(int number) {
            return number % LARGE_EVERY == 0;
        }

        static byte[][] command(int number) {
            byte[] key = ascii(key(number));
            return isLarge(number)
                    ? new byte[][] {ascii("SET"), key, new byte[LARGE_BYTES], ascii("NX")}
                    : new byte[][] {ascii("INCR"), key};
        }

        String key() {
            return key(number);
        }

        /// What is replied when it is executed for the first time.
        Reply expected() {
            return isLarge(number) ? new Reply.Simple("OK") : new Reply.Int(1);
        }

        private static byte[] ascii(String text) {
            return text.getBytes(StandardCharsets.US_ASCII);
        }

        boolean isAnswered() {
            return reply.isDone() && !reply.isCompletedExceptionally();
        }

        /// What it failed with; to be asked of a call that has ended.
        Throwable failure() throws InterruptedException {
            try {
                return new AssertionError("it was answered: " + reply.get());
            } catch (ExecutionException e) {
                return e.getCause();
            }
        }
    }

    /// Makes calls, with so many outstanding at once.
    private static final class Caller {
        private final SituClient client;
        private final List<Call> all = new ArrayList<>();
        private final ArrayDeque<Call> outstanding = new ArrayDeque<>();

        Caller(SituClient client) {
            this.client = client;
        }

        void make(int calls) throws InterruptedException {
            for (int i = 0; i < calls; i++) {
                if (outstanding.size() == OUTSTANDING) {
                    awaitOldest();
                }
                start();
            }
        }

        /// Makes as many calls as may be outstanding, and waits for none.
        void fill() {
            outstanding.removeIf(call -> call.reply.isDone());
            while (outstanding.size() < OUTSTANDING) {
                start();
            }
        }

        private void start() {
            int number = all.size();
            Call call = new Call(number, client.commandAsync(Call.command(number)));
            all.add(call);
            outstanding.add(call);
        }

        void finish() throws InterruptedException {
            while (!outstanding.isEmpty()) {
                awaitOldest();
            }
        }

        private void awaitOldest() throws InterruptedException {
            try {
                outstanding.remove().reply.get();
            } catch (ExecutionException e) {
                // Looked at in the end.
            }
        }

        List<Call> answered() {
            return all.stream().filter(Call::isAnswered).toList();
        }
    }

    private static SituProcess start(String r2p2Port) throws Exception {
        return SituProcess.start(
                "serve", "--port", "0", "--r2p2-port", r2p2Port, "--maxmemory", "128mb", "--workers", "1");
    }

    @Test
    void aServerThatIsKilledAndStartedAgainExecutesNoCallTwice() throws Exception {
        try (SituProcess first = start("0")) {
            String port = first.awaitReady().group("r2p2");
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port));
            SituClientOptions options = SituClientOptions.of(address).withTimeout(Duration.ofMinutes(2));
            try (SituClient client = SituClient.connect(options)) {
                Caller caller = new Caller(client);
                caller.make(CALLS);
                first.signal("KILL");
                caller.fill(); // whether it is dead by now or not
                assertThat(first.awaitExit()).as("128 and the signal").isEqualTo(128 + 9);
                caller.fill();
                Set<Call> answeredBefore = new HashSet<>(caller.answered());
                try (SituProcess second = start(port)) {
                    second.awaitReady();
                    int firstAfter = caller.all.size();
                    caller.make(CALLS);
                    caller.finish();
                    check(client, caller.all, answeredBefore, firstAfter);
                }
            }
        }
    }

    /// @param answeredBefore those that were answered before the second server was started
    /// @param firstAfter the number of the first call that was made when it was ready
    private static void check(SituClient client, List<Call> calls, Set<Call> answeredBefore, int firstAfter)
            throws Exception {
        int answered = 0;
        int unknown = 0;
        for (Call call : calls) {
            long there = ((Reply.Int) client.command("EXISTS", call.key())).value();
            if (call.isAnswered()) {
                answered++;
                assertThat(call.reply.get()).as(call.key() + ", executed once").isEqualTo(call.expected());
                // Between the two lie answers of the first server that were read late.
                long least = call.number >= firstAfter ? 1 : 0;
                long most = answeredBefore.contains(call) ? 0 : 1;
                assertThat(there).as(call.key() + " at the second server").isBetween(least, most);
            } else {
                unknown++;
                assertThat(call.failure())
                        .as(call.key())
                        .isInstanceOfAny(
                                SituException.OutcomeUnknown.class,
                                SituException.TimedOut.class,
                                SituException.Refused.class);
                assertThat(there).as(call.key() + " at the second server").isZero();
            }
        }
        assertThat(unknown)
                .as("calls that were on their way to the first server")
                .isPositive();
        assertThat(answered).as("calls before and after").isGreaterThanOrEqualTo(2 * CALLS - 2 * OUTSTANDING);
        System.out.println("KilledServerTest: " + answered + " calls answered, " + answeredBefore.size()
                + " of them by the first server, the outcome of " + unknown + " unknown");
    }
}
