package dev.situ.bench.r2p2;

import dev.situ.client.ClientIo;
import dev.situ.client.SituClient;
import dev.situ.client.SituClientOptions;
import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import dev.situ.r2p2.CallStart;
import dev.situ.r2p2.CallStatus;
import dev.situ.r2p2.Completion;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/// Keeps a fixed number of GETs under way with a [SituClient], which sends together what it can, and counts the
/// hits.
final class ClientLoop implements Completion {
    private final int keys;
    private final int valueLength;
    private final long nanos;
    private final CompletableFuture<Double> hitsPerSecond = new CompletableFuture<>();
    private final SplittableRandom random = new SplittableRandom(42);
    private final MemorySegment allKeys;
    private final ClientIo io;
    private long begin;
    private long hits;
    private int underWay;

    private ClientLoop(ClientIo io, MemorySegment allKeys, int keys, int valueLength, long nanos) {
        this.io = io;
        this.allKeys = allKeys;
        this.keys = keys;
        this.valueLength = valueLength;
        this.nanos = nanos;
    }

    /// Runs for so long and gives the hits a second.
    static double run(SituClientOptions options, int outstanding, int keys, int valueLength, long nanos)
            throws IOException {
        CompletableFuture<ClientLoop> started = new CompletableFuture<>();
        try (Arena arena = Arena.ofShared();
                SituClient client = SituClient.connect(options)) {
            MemorySegment allKeys = keys(arena, keys);
            client.onIoThread(io -> {
                ClientLoop loop = new ClientLoop(io, allKeys, keys, valueLength, nanos);
                loop.start(outstanding);
                started.complete(loop);
            });
            return started.join().hitsPerSecond.join();
        }
    }

    /// The first `count` keys, one behind the other.
    static MemorySegment keys(Arena arena, int count) {
        MemorySegment memory = arena.allocate((long) count * GetProtocol.KEY_LENGTH);
        for (int i = 0; i < count; i++) {
            byte[] key = GetProtocol.key(i).getBytes(StandardCharsets.US_ASCII);
            Words.copyFrom(key, 0, memory, (long) i * GetProtocol.KEY_LENGTH, key.length);
        }
        return memory;
    }

    private void start(int outstanding) {
        begin = System.nanoTime();
        for (int i = 0; i < outstanding; i++) {
            send();
        }
    }

    private void send() {
        long key = (long) random.nextInt(keys) * GetProtocol.KEY_LENGTH;
        if (io.get(allKeys, key, GetProtocol.KEY_LENGTH, this, 0) == CallStart.STARTED) {
            underWay++;
        } else {
            fail("a call could not be started");
        }
    }

    @Override
    public void complete(long token, CallStatus status, SliceList response) {
        underWay--;
        if (status != CallStatus.OK || response.length() <= valueLength) {
            fail("a call ended with " + status);
            return;
        }
        hits++;
        // The clock is read now and then only: it costs a fifth of a call.
        if ((hits & 0x3F) == 0 && System.nanoTime() - begin >= nanos) {
            hitsPerSecond.complete(hits * 1e9 / (System.nanoTime() - begin));
        }
        if (!hitsPerSecond.isDone()) {
            send();
        }
    }

    private void fail(String why) {
        hitsPerSecond.completeExceptionally(new IllegalStateException(why + ", with " + underWay + " under way"));
    }
}
