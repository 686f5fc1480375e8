package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import dev.situ.store.EvictionPolicy;
import dev.situ.store.StoreOptions;
import dev.situ.store.StoreWorker;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients that keep what they have read, and drop it when they are told, while others write, delete, let expire
/// and evict: at the end each value that is still kept is that of the store.
class ClientCacheTest {
    private static final int ROUNDS = Integer.getInteger("situ.clientcache.rounds", 20_000);
    private static final int KEYS = 150;
    private static final int THREADS = 2; // of readers, and of writers
    private static final int RACES = Integer.getInteger("situ.clientcache.races", 2000);
    private static final int VALUE = 10_000_000;
    private static final String NULL = "_\r\n";
    private static final String PUSH = ">2\r\n$10\r\ninvalidate\r\n";

    /// A connection on a worker of its own, used by one thread at a time.
    private static class Client implements AutoCloseable {
        final StoreWorker worker;
        final CommandStream stream;
        final ReplyFrames frames = new ReplyFrames();
        private final Reply reply = new Reply();

        Client(Server server, String name) {
            worker = server.store.worker(name);
            Executor executor = new Executor(server.keyspace, worker);
            stream = new CommandStream(executor, server.keyspace.newSession(new SilentPeer()));
        }

        /// Sends a request in one burst, and gives what came: the replies, and then what others had for it.
        List<String> burst(String request) {
            worker.enter();
            try (Arena arena = Arena.ofConfined()) {
                byte[] bytes = request.getBytes(StandardCharsets.ISO_8859_1);
                MemorySegment in = arena.allocate(Math.max(1, bytes.length));
                Words.copyFrom(bytes, 0, in, 0, bytes.length);
                stream.feed(in, 0, bytes.length, reply);
                stream.deliver(reply);
                SliceList slices = reply.slices();
                for (int i = 0; i < slices.size(); i++) {
                    byte[] part = new byte[slices.length(i)];
                    Words.copyTo(slices.memory(i), slices.offset(i), part, 0, part.length);
                    frames.add(part, part.length);
                }
                reply.clear();
            } finally {
                worker.exit();
            }
            List<String> all = new ArrayList<>();
            for (Optional<String> frame = frames.next(); frame.isPresent(); frame = frames.next()) {
                all.add(frame.get());
            }
            return all;
        }

        @Override
        public void close() {
            stream.close();
            worker.close();
        }
    }

    /// One that keeps what it reads.
    private static final class Reader extends Client {
        final Map<String, String> kept = new HashMap<>();
        int dropped;

        Reader(Server server, String name, String mode) {
            super(server, name);
            burst(Server.bulk("HELLO", "3"));
            // Who asks for all that is written may be told of some behind the answer already.
            assertThat(burst(Server.bulk(("CLIENT TRACKING ON " + mode).strip().split(" ", -1))))
                    .startsWith("+OK\r\n");
        }

        /// Reads keys, as a pipeline, and takes in what comes, in its order.
        void read(List<String> keys, boolean together) {
            StringBuilder request = new StringBuilder();
            if (together && !keys.isEmpty()) {
                List<String> command = new ArrayList<>(keys);
                command.addFirst("MGET");
                request.append(Server.bulk(command.toArray(new String[0])));
            } else {
                keys.forEach(key -> request.append(Server.bulk("GET", key)));
            }
            int answered = 0;
            for (String frame : burst(request.toString())) {
                if (frame.startsWith(PUSH)) {
                    drop(frame.substring(PUSH.length()));
                } else if (together) {
                    List<String> values = IntendedDifferences.parts(frame);
                    for (int i = 0; i < keys.size(); i++) {
                        kept.put(keys.get(i), values.get(i));
                    }
                } else {
                    kept.put(keys.get(answered++), frame);
                }
            }
        }

        private void drop(String what) {
            dropped++;
            if (what.equals(NULL)) {
                kept.clear();
            } else {
                String key = what.split("\r\n", -1)[2];
                kept.remove(key);
            }
        }

        /// Reads while others write, and when they have ended all that it lacks, for their last command may have been
        /// one that leaves nothing to keep.
        void run(SplittableRandom random, CountDownLatch written) {
            while (written.getCount() > 0) {
                List<String> missing = new ArrayList<>();
                for (int j = random.nextInt(4); j >= 0; j--) {
                    String key = "key" + random.nextInt(KEYS);
                    if (!kept.containsKey(key) && !missing.contains(key)) {
                        missing.add(key);
                    }
                }
                read(missing, random.nextBoolean());
            }
            for (int i = 0; i < KEYS; i++) {
                String key = "key" + i;
                if (!kept.containsKey(key)) {
                    read(List.of(key), false);
                }
            }
        }
    }

    private static void write(Client client, SplittableRandom random) {
        for (int i = 0; i < ROUNDS; i++) {
            String key = "key" + random.nextInt(KEYS);
            String other = "key" + random.nextInt(KEYS);
            String value = random.nextLong() + "-" + "x".repeat(random.nextInt(8) == 0 ? 100_000 : random.nextInt(50));
            client.burst(
                    switch (random.nextInt(12)) {
                        case 0 -> Server.bulk("DEL", key);
                        case 1 -> Server.bulk("SET", key, value, "PX", Integer.toString(1 + random.nextInt(20)));
                        case 2 -> Server.bulk("MSET", key, value, other, value);
                        case 3 -> Server.bulk("RENAME", key, other);
                        case 4 -> Server.bulk("APPEND", key, "y");
                        case 5 -> Server.bulk("PEXPIRE", key, Integer.toString(random.nextInt(20)));
                        case 6 -> Server.bulk("MULTI") + Server.bulk("SET", key, value) + Server.bulk("EXEC");
                        case 7 ->
                            random.nextInt(500) == 0 && i < ROUNDS - 100
                                    ? Server.bulk("FLUSHALL")
                                    : Server.bulk("GETDEL", key);
                        default -> Server.bulk("SET", key, value);
                    });
        }
    }

    private record Result(Map<String, String> kept, int dropped) {}

    private static Result read(
            Server server, String mode, long seed, CountDownLatch written, CountDownLatch stopped, CountDownLatch swept)
            throws InterruptedException {
        try (Reader reader = new Reader(server, "reader " + seed, mode)) {
            reader.run(new SplittableRandom(seed), written);
            stopped.countDown();
            swept.await();
            reader.read(List.of(), false);
            return new Result(reader.kept, reader.dropped);
        } finally {
            stopped.countDown(); // if it has failed before, others wait for it; else nobody waits any more
        }
    }

    private static void write(Server server, long seed, CountDownLatch written) {
        try (Client writer = new Client(server, "writer " + seed)) {
            write(writer, new SplittableRandom(seed));
        } finally {
            written.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "NOLOOP", "BCAST", "BCAST PREFIX key1 PREFIX key2 PREFIX key3", "OPTOUT"})
    void whatAClientKeepsIsWhatTheStoreHas(String mode) throws InterruptedException, ExecutionException {
        long seed = Long.getLong("situ.clientcache.seed", System.nanoTime());
        System.out.println("seed " + seed + " (-Dsitu.clientcache.seed)");
        StoreOptions options = StoreOptions.ofMemory(2 << 20).withEvictionPolicy(EvictionPolicy.ALLKEYS_RANDOM);
        try (Server server = new Server(options);
                ExecutorService threads = Executors.newFixedThreadPool(2 * THREADS);
                Server.Connection check = server.connect()) {
            server.keyspace.tracking().setMostKeys(mode.isEmpty() ? KEYS / 2 : 0);
            CountDownLatch written = new CountDownLatch(THREADS);
            CountDownLatch stopped = new CountDownLatch(THREADS);
            CountDownLatch swept = new CountDownLatch(1);
            List<Future<Result>> readers = new ArrayList<>();
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int number = i;
                readers.add(threads.submit(() -> read(server, mode, seed + number, written, stopped, swept)));
                writers.add(threads.submit(() -> write(server, seed - 1 - number, written)));
            }
            written.await();
            stopped.await();
            try {
                server.worker.enter();
                server.worker.sweep(System.currentTimeMillis() + 1000, Long.MAX_VALUE); // nothing expires from here on
                server.worker.exit();
            } finally {
                swept.countDown();
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
            check.command("HELLO", "3");
            int kept = 0;
            for (Future<Result> reader : readers) {
                kept += check(check, mode, reader.get());
            }
            assertThat(kept).isPositive();
            assertThat(server.store.statistics().expired()).isPositive();
            assertThat(server.store.statistics().evicted()).isPositive();
            assertThat(server.keyspace.tracking().clients()).isZero();
            assertThat(server.keyspace.tracking().prefixes()).isZero();
            assertThat(server.keyspace.changes().areWanted()).isFalse();
        }
    }

    private static int check(Server.Connection check, String mode, Result result) {
        int kept = 0;
        for (Map.Entry<String, String> entry : result.kept.entrySet()) {
            if (mode.contains("PREFIX") && !entry.getKey().matches("key[123].*")) {
                continue; // it has asked to be told of these alone
            }
            kept++;
            assertThat(check.command("GET", entry.getKey()))
                    .as("%s, told %d times", entry.getKey(), result.dropped)
                    .isEqualTo(entry.getValue());
        }
        System.out.println(mode + ": kept " + kept + ", told " + result.dropped);
        assertThat(result.dropped).isPositive();
        return kept;
    }

    /// One write of each key against one read of it, again and again: a note that came too late would not be made
    /// good by the next write.
    @ParameterizedTest
    @ValueSource(strings = {"", "BCAST"})
    void noReadIsForgottenThatAWriteOvertakes(String mode) throws InterruptedException, ExecutionException {
        try (Server server = new Server();
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            CyclicBarrier barrier = new CyclicBarrier(2);
            Future<Integer> reader = threads.submit(() -> {
                int overtaken = 0;
                try (Reader own = new Reader(server, "reader", mode)) {
                    for (int round = 0; round < RACES; round++) {
                        barrier.await();
                        for (int i = 0; i < KEYS; i++) {
                            own.read(List.of("key" + i), false);
                        }
                        barrier.await();
                        own.read(List.of(), false);
                        String written = "$8\r\n" + (VALUE + round) + "\r\n";
                        overtaken += own.kept.size() < KEYS && !own.kept.isEmpty() ? 1 : 0;
                        assertThat(own.kept.values()).as("round %d", round).allMatch(written::equals);
                    }
                } finally {
                    barrier.reset(); // if it has failed, the writer waits for it
                }
                return overtaken;
            });
            Future<?> writer = threads.submit(() -> {
                try (Client own = new Client(server, "writer")) {
                    for (int round = 0; round < RACES && !reader.isDone(); round++) {
                        barrier.await();
                        for (int i = 0; i < KEYS; i++) {
                            own.burst(Server.bulk("SET", "key" + i, Integer.toString(VALUE + round)));
                        }
                        barrier.await();
                    }
                } catch (BrokenBarrierException _) {
                    // The reader has ended: how, it says itself.
                }
                return null;
            });
            int overtaken = reader.get();
            writer.get();
            System.out.println(mode + ": rounds in which both were at work: " + overtaken);
            assertThat(overtaken).isPositive();
        }
    }

    /// A table that may have few keys tells its clients of those that it forgets, each once.
    @Test
    void theTableIsBounded() {
        try (Server server = new Server();
                Reader reader = new Reader(server, "reader", "");
                Client other = new Client(server, "other")) {
            other.burst(Server.bulk("CONFIG", "SET", "tracking-table-max-keys", "10"));
            for (int i = 0; i < 100; i++) {
                reader.read(List.of("k" + i), false);
            }
            assertThat(reader.dropped).isEqualTo(90);
            assertThat(reader.kept).hasSize(10);
            assertThat(server.keyspace.tracking().keys()).isEqualTo(10);
            assertThat(server.keyspace.tracking().items()).isEqualTo(10);
            for (String key : List.copyOf(reader.kept.keySet())) {
                other.burst(Server.bulk("SET", key, "v"));
            }
            reader.read(List.of(), false);
            assertThat(reader.kept).isEmpty();
            assertThat(server.keyspace.tracking().keys()).isZero();
        }
    }

    /// Long keys are few, and take the heap nevertheless: their bytes are bounded too.
    @Test
    void theTableIsBoundedInBytes() {
        int length = 60_000;
        long most = Runtime.getRuntime().maxMemory() / 8;
        long keys = most / length + 100;
        try (Server server = new Server();
                Reader reader = new Reader(server, "reader", "")) {
            Tracking tracking = server.keyspace.tracking();
            long told = 0;
            String filling = "x".repeat(length - 8);
            for (int i = 0; i < keys; i++) {
                List<String> frames = reader.burst(Server.bulk("GET", filling + (10_000_000 + i)));
                told += frames.stream().filter(frame -> frame.startsWith(PUSH)).count();
            }
            assertThat(told).isBetween(50L, 200L);
            assertThat(tracking.keys()).isEqualTo(keys - told);
        }
    }

    /// A client may have so many prefixes and no more; whether they overlap is found wherever it is.
    @Test
    void prefixesAreBounded() {
        try (Server server = new Server();
                Client client = new Client(server, "client")) {
            List<String> command = new ArrayList<>(List.of("CLIENT", "TRACKING", "ON", "BCAST"));
            for (int i = 0; i < TrackingCommands.MOST_PREFIXES; i++) {
                command.add("PREFIX");
                command.add("p" + (10_000 + 7919 * i % 9000));
            }
            List<String> more = new ArrayList<>(command);
            more.addAll(List.of("PREFIX", "q"));
            List<String> overlapping = new ArrayList<>(command);
            overlapping.set(overlapping.size() / 2 * 2 - 1, "p100");
            String tooMany = "-ERR A client can have at most 1024 prefixes to track\r\n";
            assertThat(client.burst(Server.bulk(more.toArray(new String[0])))).containsExactly(tooMany);
            assertThat(client.burst(Server.bulk(overlapping.toArray(new String[0]))))
                    .singleElement()
                    .asString()
                    .contains("overlaps with another provided prefix 'p100'");
            assertThat(server.keyspace.tracking().prefixes()).isZero();
            assertThat(client.burst(Server.bulk(command.toArray(new String[0]))))
                    .containsExactly("+OK\r\n");
            assertThat(server.keyspace.tracking().prefixes()).isEqualTo(TrackingCommands.MOST_PREFIXES);
            assertThat(client.burst(Server.bulk("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "q")))
                    .containsExactly(tooMany);
            assertThat(client.burst(Server.bulk("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "p100")))
                    .containsExactly(tooMany);
        }
    }

    /// The name of a very long key is not kept: who has read it is told, behind the reply, to forget what it has.
    @Test
    void aVeryLongKeyIsNotRemembered() {
        String key = "k".repeat(Tracking.MOST_KEY_BYTES + 1);
        try (Server server = new Server();
                Reader reader = new Reader(server, "reader", "");
                Client other = new Client(server, "other")) {
            other.burst(Server.bulk("SET", key, "v"));
            assertThat(reader.burst(Server.bulk("GET", key))).containsExactly("$1\r\nv\r\n", PUSH + NULL);
            assertThat(server.keyspace.tracking().keys()).isZero();
            assertThat(reader.burst(Server.bulk("GET", key.substring(1)))).containsExactly(NULL);
            assertThat(server.keyspace.tracking().keys()).isOne();
        }
    }

    /// Redis does not tell of `SWAPDB`, though keys lead elsewhere behind it; here clients are told to forget all.
    @Test
    void swappedDatabasesAreToldLikeFlushedOnes() {
        try (Server server = new Server();
                Reader reader = new Reader(server, "reader", "");
                Client other = new Client(server, "other")) {
            reader.read(List.of("k"), false);
            other.burst(Server.bulk("SWAPDB", "0", "0"));
            reader.read(List.of(), false);
            assertThat(reader.kept).containsOnlyKeys("k");
            other.burst(Server.bulk("SWAPDB", "0", "1"));
            reader.read(List.of(), false);
            assertThat(reader.kept).isEmpty();
        }
    }

    /// Over R2P2 a request has no connection that could be told.
    @Test
    void aRequestWithoutAConnectionCannotTrack() {
        try (Server server = new Server();
                Server.Connection client = server.connect()) {
            assertThat(client.command("CLIENT", "TRACKING", "ON")).isEqualTo("-" + Errors.NO_CONNECTION + "\r\n");
            assertThat(client.command("CLIENT", "GETREDIR")).isEqualTo(":-1\r\n");
            assertThat(client.command("CLIENT", "CACHING", "YES")).startsWith("-ERR CLIENT CACHING can be called only");
        }
    }
}
