package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import dev.situ.store.StoreInvariants;
import dev.situ.store.StoreOptions;
import dev.situ.store.StoreWorker;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// Several workers change the same keys at once, and no change is lost.
class ConcurrentCommandsTest {
    private static final int WORKERS = 4;
    private static final int ROUNDS = 1000;

    @Test
    void noChangeOfAValueIsLost() throws InterruptedException, ExecutionException {
        try (Server server = new Server(StoreOptions.ofMemory(Server.MEMORY));
                ExecutorService threads = Executors.newFixedThreadPool(WORKERS);
                Server.Connection client = server.connect()) {
            CyclicBarrier start = new CyclicBarrier(WORKERS);
            List<Future<Integer>> running = new ArrayList<>();
            for (int i = 0; i < WORKERS; i++) {
                int number = i;
                running.add(threads.submit(() -> change(server, number, start)));
            }
            int swaps = 0;
            for (Future<Integer> one : running) {
                swaps += one.get();
            }
            int changes = WORKERS * ROUNDS;
            assertThat(client.command("STRLEN", "appended")).isEqualTo(":" + changes + "\r\n");
            assertThat(client.command("GET", "sum")).endsWith("\r\n" + changes / 2 + "\r\n");
            assertThat(client.command("BITCOUNT", "bits")).isEqualTo(":" + changes + "\r\n");
            assertThat(client.command("BITFIELD_RO", "fields", "GET", "u32", "#1"))
                    .isEqualTo("*1\r\n:" + changes + "\r\n");
            assertThat(client.command("GETRANGE", "ranges", "0", "-1"))
                    .isEqualTo("$" + changes + "\r\n" + "x".repeat(changes) + "\r\n");
            assertThat(swaps).isPositive();
            assertThat(client.command("GET", "swapped")).endsWith("\r\n" + swaps + "\r\n");
        }
    }

    /// Three keys always have the same value, or are all absent; two others are one that is renamed to and fro.
    @Test
    void commandsOnSeveralKeysAreOneStepToEveryWorker() throws InterruptedException, ExecutionException {
        long seed = Long.getLong("situ.several.seed", System.nanoTime());
        System.out.println("seed " + seed + " (-Dsitu.several.seed)");
        try (Server server = new Server(StoreOptions.ofMemory(Server.MEMORY));
                ExecutorService threads = Executors.newFixedThreadPool(WORKERS);
                Server.Connection client = server.connect()) {
            client.command("SET", "here", "x");
            CyclicBarrier start = new CyclicBarrier(WORKERS);
            List<Future<Integer>> running = new ArrayList<>();
            for (int i = 0; i < WORKERS; i++) {
                SplittableRandom random = new SplittableRandom(seed + i);
                String name = "several " + i;
                running.add(threads.submit(() -> changeSeveral(server, name, random, start)));
            }
            int created = 0;
            for (Future<Integer> one : running) {
                created += one.get();
            }
            assertThat(created).as("times that MSETNX won").isPositive();
            assertThat(client.command("EXISTS", "here", "there")).isEqualTo(":1\r\n");
        }
    }

    /// Two counters are always equal to everyone, for they are only counted in transactions.
    @Test
    void aTransactionIsOneStepToEveryWorker() throws InterruptedException, ExecutionException {
        long seed = Long.getLong("situ.transactions.seed", System.nanoTime());
        System.out.println("seed " + seed + " (-Dsitu.transactions.seed)");
        int executed = onEveryWorker((stream, worker, in, reply, number) -> {
            SplittableRandom random = new SplittableRandom(seed + number);
            int transactions = 0;
            for (int i = 0; i < 2 * ROUNDS; i++) {
                worker.enter();
                switch (random.nextInt(4)) {
                    case 0 -> {
                        String a = send(stream, in, reply, "GET", "a");
                        assertThat(send(stream, in, reply, "GET", "b")).isEqualTo(a);
                    }
                    case 1 -> {
                        List<String> both =
                                values(send(stream, in, reply, "MGET", "a", "b").split("\r\n", -1));
                        assertThat(both.get(0)).isEqualTo(both.get(1));
                    }
                    default -> {
                        send(stream, in, reply, "MULTI");
                        send(stream, in, reply, "INCR", "a");
                        // The rest comes in another burst: what is queued is not run before EXEC.
                        worker.exit();
                        worker.enter();
                        send(stream, in, reply, "INCR", "b");
                        String[] counts = send(stream, in, reply, "EXEC").split("\r\n", -1);
                        assertThat(counts[1]).isEqualTo(counts[2]);
                        transactions++;
                    }
                }
                worker.exit();
            }
            return transactions;
        });
        assertThat(executed).isPositive();
    }

    /// Counters that are watched, and one of them deleted now and then: no increment is lost, and none is made of what
    /// a transaction has not seen.
    @Test
    void noIncrementUnderWatchIsLost() throws InterruptedException, ExecutionException {
        int refused = onEveryWorker(
                (stream, worker, in, reply, number) -> {
                    int again = 0;
                    for (int done = 0; done < ROUNDS / 2; ) {
                        worker.enter();
                        send(stream, in, reply, "WATCH", "total", "unit");
                        long total = count(send(stream, in, reply, "GET", "total"));
                        long unit = count(send(stream, in, reply, "GET", "unit"));
                        worker.exit();
                        worker.enter();
                        send(stream, in, reply, "MULTI");
                        if (unit == 9) {
                            send(stream, in, reply, "DEL", "unit");
                        } else {
                            send(stream, in, reply, "SET", "unit", Long.toString(unit + 1));
                        }
                        send(stream, in, reply, "SET", "total", Long.toString(total + 1));
                        String answer = send(stream, in, reply, "EXEC");
                        worker.exit();
                        if (answer.equals("*-1\r\n")) {
                            again++;
                        } else {
                            assertThat(unit).isEqualTo(total % 10);
                            done++;
                        }
                    }
                    return again;
                },
                "total",
                Integer.toString(WORKERS * ROUNDS / 2));
        System.out.println("transactions refused: " + refused);
    }

    /// A command that runs alone may have to wait for another, and that may be a `SWAPDB`.
    @Test
    void whoHasWaitedToRunAloneWorksInTheDatabaseOfItsSession() throws InterruptedException, ExecutionException {
        try (Server server = new Server(StoreOptions.ofMemory(Server.MEMORY));
                ExecutorService threads = Executors.newFixedThreadPool(1);
                Server.Connection client = server.connect()) {
            client.command("SET", "x", "1");
            CountDownLatch entered = new CountDownLatch(1);
            Thread swapper = Thread.currentThread();
            CyclicBarrier start = new CyclicBarrier(1);
            Future<Integer> renamer = threads.submit(() -> run(
                    server,
                    (stream, worker, in, reply, number) -> {
                        worker.enter();
                        entered.countDown();
                        // It has said that it runs alone next, and waits for this worker.
                        while (swapper.getState() != Thread.State.TIMED_WAITING) {
                            Thread.onSpinWait();
                        }
                        String renamed = send(stream, in, reply, "RENAME", "x", "y");
                        worker.exit();
                        return renamed.startsWith("-ERR no such key") ? 1 : 0;
                    },
                    0,
                    start));
            entered.await();
            server.worker.enter();
            server.worker.beginExclusive();
            server.keyspace.databases().swap(0, 1);
            server.worker.endExclusive();
            server.worker.exit();
            assertThat(renamer.get()).isEqualTo(1);
        }
    }

    private static long count(String reply) {
        return reply.equals("$-1\r\n") ? 0 : Long.parseLong(reply.split("\r\n", -1)[1]);
    }

    /// What one client does, on a worker of its own.
    private interface Client {
        int run(CommandStream stream, StoreWorker worker, MemorySegment in, Reply reply, int number) throws Exception;
    }

    /// Gives the sum of what the clients give.
    ///
    /// @param expected keys, each followed by its value at the end
    private static int onEveryWorker(Client client, String... expected)
            throws InterruptedException, ExecutionException {
        try (Server server = new Server(StoreOptions.ofMemory(Server.MEMORY));
                ExecutorService threads = Executors.newFixedThreadPool(WORKERS);
                Server.Connection last = server.connect()) {
            CyclicBarrier start = new CyclicBarrier(WORKERS);
            List<Future<Integer>> running = new ArrayList<>();
            for (int i = 0; i < WORKERS; i++) {
                int number = i;
                running.add(threads.submit(() -> run(server, client, number, start)));
            }
            int sum = 0;
            for (Future<Integer> one : running) {
                sum += one.get();
            }
            for (int i = 0; i < expected.length; i += 2) {
                assertThat(last.command("GET", expected[i])).endsWith("\r\n" + expected[i + 1] + "\r\n");
            }
            StoreInvariants.check(server.store);
            return sum;
        }
    }

    private static int run(Server server, Client client, int number, CyclicBarrier start) throws Exception {
        try (StoreWorker worker = server.store.worker("client " + number);
                Arena arena = Arena.ofConfined();
                CommandStream stream =
                        new CommandStream(new Executor(server.keyspace, worker), server.keyspace.newSession())) {
            MemorySegment in = arena.allocate(4096);
            start.await();
            return client.run(stream, worker, in, new Reply(), number);
        }
    }

    /// Gives how often the keys were created by `MSETNX`.
    private static int changeSeveral(Server server, String name, SplittableRandom random, CyclicBarrier start)
            throws Exception {
        int created = 0;
        try (StoreWorker worker = server.store.worker(name);
                Arena arena = Arena.ofConfined();
                CommandStream stream =
                        new CommandStream(new Executor(server.keyspace, worker), server.keyspace.newSession())) {
            MemorySegment in = arena.allocate(4096);
            Reply reply = new Reply();
            start.await();
            for (int i = 0; i < 3 * ROUNDS; i++) {
                String value = Integer.toString(random.nextInt(1_000, 10_000));
                worker.enter();
                try {
                    switch (random.nextInt(6)) {
                        case 0 -> send(stream, in, reply, "MSET", "a", value, "b", value, "c", value);
                        case 1 ->
                            created += send(stream, in, reply, "MSETNX", "c", value, "b", value, "a", value)
                                            .equals(":1\r\n")
                                    ? 1
                                    : 0;
                        case 2 ->
                            assertThat(send(stream, in, reply, "DEL", "b", "a", "c"))
                                    .isIn(":0\r\n", ":3\r\n");
                        case 3 -> send(stream, in, reply, "RENAME", "here", "there");
                        case 4 -> send(stream, in, reply, "RENAME", "there", "here");
                        default -> {
                            String[] seen = send(stream, in, reply, "MGET", "a", "b", "c", "here", "there")
                                    .split("\r\n", -1);
                            List<String> values = values(seen);
                            assertThat(values.get(0)).isEqualTo(values.get(1)).isEqualTo(values.get(2));
                            assertThat(values.get(3).equals("x"))
                                    .isNotEqualTo(values.get(4).equals("x"));
                        }
                    }
                } finally {
                    worker.exit();
                }
            }
        }
        return created;
    }

    /// The elements of an array of bulk strings, by its lines; a null one as "nil".
    private static List<String> values(String[] lines) {
        List<String> values = new ArrayList<>();
        for (int at = 1; at < lines.length - 1; at++) {
            values.add(lines[at].equals("$-1") ? "nil" : lines[++at]);
        }
        return values;
    }

    /// Gives how many of the changes under a condition succeeded.
    private static int change(Server server, int number, CyclicBarrier start) throws Exception {
        try (StoreWorker worker = server.store.worker("worker " + number);
                Arena arena = Arena.ofConfined();
                CommandStream stream =
                        new CommandStream(new Executor(server.keyspace, worker), server.keyspace.newSession())) {
            MemorySegment in = arena.allocate(4096);
            Reply reply = new Reply();
            start.await();
            int swaps = 0;
            for (int i = 0; i < ROUNDS; i++) {
                String place = Integer.toString(number * ROUNDS + i);
                worker.enter();
                send(stream, in, reply, "APPEND", "appended", "x");
                send(stream, in, reply, "INCRBYFLOAT", "sum", "0.5");
                send(stream, in, reply, "SETBIT", "bits", place, "1");
                send(stream, in, reply, "BITFIELD", "fields", "INCRBY", "u32", "#1", "1");
                send(stream, in, reply, "SETRANGE", "ranges", place, "x");
                String seen = send(stream, in, reply, "INCRBY", "swapped", "0");
                String old = seen.substring(1, seen.length() - 2);
                String next = Integer.toString(Integer.parseInt(old) + 1);
                swaps += send(stream, in, reply, "SET", "swapped", next, "IFEQ", old)
                                .equals("+OK\r\n")
                        ? 1
                        : 0;
                worker.exit();
            }
            return swaps;
        }
    }

    private static String send(CommandStream stream, MemorySegment in, Reply reply, String... command) {
        byte[] bytes = Server.bulk(command).getBytes(StandardCharsets.ISO_8859_1);
        Words.copyFrom(bytes, 0, in, 0, bytes.length);
        stream.feed(in, 0, bytes.length, reply);
        SliceList slices = reply.slices();
        byte[] answer = new byte[slices.length(0)];
        Words.copyTo(slices.memory(0), slices.offset(0), answer, 0, answer.length);
        reply.clear();
        return new String(answer, StandardCharsets.ISO_8859_1);
    }
}
