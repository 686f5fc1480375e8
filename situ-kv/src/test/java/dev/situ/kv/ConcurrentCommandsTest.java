package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import dev.situ.store.StoreOptions;
import dev.situ.store.StoreWorker;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
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
