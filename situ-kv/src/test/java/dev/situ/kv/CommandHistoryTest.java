package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.kv.CommandHistory.Request;
import dev.situ.store.StoreOptions;
import dev.situ.store.StoreWorker;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// Commands on one key, on several keys and transactions, from several clients at once: for what they were answered
/// there is an order in which each is one step.
class CommandHistoryTest {
    private static final int CLIENTS = 3;
    private static final int REQUESTS = 16;
    private static final int HISTORIES = Integer.getInteger("situ.histories", 2000);
    private static final List<String> KEYS = List.of("a", "b", "c");

    private static final class Client implements AutoCloseable {
        private final StoreWorker worker;
        private final Server.Connection connection;
        private final SplittableRandom random;
        private final AtomicLong clock;
        private int numbers;

        Client(Server server, int number, long seed, AtomicLong clock) {
            worker = server.store.worker("client " + number);
            connection = server.connectOn(worker);
            random = new SplittableRandom(seed + number);
            this.clock = clock;
            numbers = number;
        }

        private String key() {
            return KEYS.get(random.nextInt(KEYS.size()));
        }

        private String value() {
            return Integer.toString(numbers += CLIENTS); // nobody else has it
        }

        private List<String> command() {
            return switch (random.nextInt(11)) {
                case 0 -> List.of("SET", key(), value());
                case 1 -> List.of("GETSET", key(), value());
                case 2 -> List.of("GETDEL", key());
                case 3 -> List.of("MSET", "a", value(), "b", value(), "c", value());
                case 4 -> List.of("MSETNX", key(), value(), key(), value());
                case 5 -> List.of("DEL", "a", "c");
                case 6 -> List.of("RENAME", "a", "b");
                case 7 -> List.of("COPY", "b", "c", "REPLACE");
                case 8 -> List.of("GET", key());
                default -> List.of("MGET", "a", "b", "c");
            };
        }

        /// Sends a request, in one burst.
        Request request() {
            List<List<String>> commands = new ArrayList<>();
            int count = random.nextInt(3) == 0 ? 2 + random.nextInt(2) : 1;
            StringBuilder bytes = new StringBuilder(count == 1 ? "" : "MULTI\r\n");
            for (int i = 0; i < count; i++) {
                commands.add(command());
                bytes.append(Server.bulk(commands.getLast().toArray(new String[0])));
            }
            String all = bytes.append(count == 1 ? "" : "EXEC\r\n").toString();
            long called = clock.incrementAndGet();
            String reply = connection.send(all);
            long returned = clock.incrementAndGet();
            String queued = "+OK\r\n" + "+QUEUED\r\n".repeat(count);
            return new Request(
                    commands,
                    count == 1 || !reply.startsWith(queued) ? reply : reply.substring(queued.length()),
                    called,
                    returned);
        }

        @Override
        public void close() {
            connection.close();
            worker.close();
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // it yields so that the others come
    private static List<List<Request>> run(Client client, CyclicBarrier barrier, AtomicLong begun) throws Exception {
        List<List<Request>> histories = new ArrayList<>();
        try (client) {
            for (int i = 0; i < HISTORIES; i++) {
                if (barrier.await() == 0) {
                    client.connection.command("DEL", "a", "b", "c");
                }
                barrier.await();
                begun.incrementAndGet();
                for (int spins = 0; begun.get() < CLIENTS * (i + 1L); spins++) {
                    if (spins < 10_000) { // a thread that is woken would come when the others are done
                        Thread.onSpinWait();
                    } else {
                        Thread.yield();
                    }
                }
                List<Request> requests = new ArrayList<>();
                for (int j = 0; j < REQUESTS; j++) {
                    requests.add(client.request());
                }
                histories.add(requests);
            }
        } catch (Throwable e) {
            barrier.reset(); // the others wait for it
            throw e;
        }
        return histories;
    }

    @Test
    void everyHistoryHasAnOrderThatExplainsIt() throws InterruptedException, ExecutionException {
        long seed = Long.getLong("situ.histories.seed", System.nanoTime());
        System.out.println("seed " + seed + " (-Dsitu.histories.seed)");
        AtomicLong clock = new AtomicLong();
        List<Client> clients = new ArrayList<>();
        try (Server server = new Server(StoreOptions.ofMemory(Server.MEMORY));
                ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
            CyclicBarrier barrier = new CyclicBarrier(CLIENTS);
            AtomicLong begun = new AtomicLong();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(new Client(server, i, seed, clock));
            }
            List<Future<List<List<Request>>>> running = new ArrayList<>();
            clients.forEach(client -> running.add(threads.submit(() -> run(client, barrier, begun))));
            List<List<List<Request>>> of = new ArrayList<>();
            for (Future<List<List<Request>>> one : running) {
                of.add(one.get());
            }
            int overlapping = 0;
            for (int i = 0; i < HISTORIES; i++) {
                List<Request> requests = new ArrayList<>();
                for (List<List<Request>> histories : of) {
                    requests.addAll(histories.get(i));
                }
                CommandHistory history = new CommandHistory(requests);
                assertThat(history.isExplained())
                        .as("seed %d: %s", seed, history)
                        .isTrue();
                overlapping += overlap(requests) ? 1 : 0;
            }
            System.out.println("histories in which requests overlapped: " + overlapping + " of " + HISTORIES);
        }
    }

    private static boolean overlap(List<Request> requests) {
        return requests.stream().anyMatch(each -> each.returned() - each.called() > 1);
    }

    /// Half of an `MSET` is in no order.
    @Test
    void aTornReadIsFound() {
        Request write = new Request(List.of(List.of("MSET", "a", "1", "b", "1")), "+OK\r\n", 1, 4);
        String both = "*2\r\n$1\r\n1\r\n$1\r\n1\r\n";
        String torn = "*2\r\n$1\r\n1\r\n$-1\r\n";
        List<List<String>> read = List.of(List.of("MGET", "a", "b"));
        assertThat(new CommandHistory(List.of(write, new Request(read, both, 2, 3))).isExplained())
                .isTrue();
        assertThat(new CommandHistory(List.of(write, new Request(read, torn, 2, 3))).isExplained())
                .isFalse();
        // And so is a read, behind the write, of what was before it.
        String before = "*2\r\n$-1\r\n$-1\r\n";
        assertThat(new CommandHistory(List.of(write, new Request(read, before, 5, 6))).isExplained())
                .isFalse();
    }

    /// The map that explains is right: it answers as the server does, one command after the other.
    @Test
    void thePlainMapAnswersAsTheServer() {
        try (Server server = new Server();
                Server.Connection connection = server.connect();
                Client client = new Client(server, 0, 5, new AtomicLong())) {
            TreeMap<String, String> values = new TreeMap<>();
            for (int i = 0; i < 2000; i++) {
                List<String> command = client.command();
                assertThat(connection.command(command.toArray(new String[0])))
                        .as("%s", command)
                        .isEqualTo(CommandHistory.reply(List.of(command), values));
            }
        }
    }
}
