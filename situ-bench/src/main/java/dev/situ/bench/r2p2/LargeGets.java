package dev.situ.bench.r2p2;

import dev.situ.client.ClientIo;
import dev.situ.client.SituClient;
import dev.situ.client.SituClientOptions;
import dev.situ.memory.SliceList;
import dev.situ.r2p2.CallStart;
import dev.situ.r2p2.CallStatus;
import dev.situ.r2p2.Completion;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// Gets one large value again and again with a [SituClient], one GET under way, and measures how long each takes.
final class LargeGets implements Completion {
    private static final long HIGHEST_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final ClientIo io;
    private final MemorySegment key;
    private final int valueLength;
    private final long nanos;
    private final Histogram durations = new Histogram(HIGHEST_NANOS, 3);
    private final CompletableFuture<Histogram> done = new CompletableFuture<>();
    private final long begin = System.nanoTime();
    private long sentAt;

    private LargeGets(ClientIo io, MemorySegment key, int valueLength, long nanos) {
        this.io = io;
        this.key = key;
        this.valueLength = valueLength;
        this.nanos = nanos;
    }

    /// How long GETs of the first key take, in nanoseconds.
    static Histogram measure(InetSocketAddress server, int valueLength, long nanos) throws IOException {
        CompletableFuture<LargeGets> started = new CompletableFuture<>();
        try (Arena arena = Arena.ofShared();
                SituClient client = SituClient.connect(SituClientOptions.of(server))) {
            MemorySegment key = ClientLoop.keys(arena, 1);
            client.onIoThread(io -> {
                LargeGets gets = new LargeGets(io, key, valueLength, nanos);
                started.complete(gets);
                gets.send();
            });
            return started.join().done.join();
        }
    }

    private void send() {
        sentAt = System.nanoTime();
        if (io.get(key, 0, GetProtocol.KEY_LENGTH, this, 0) != CallStart.STARTED) {
            done.completeExceptionally(new IllegalStateException("a call could not be started"));
        }
    }

    @Override
    public void complete(long token, CallStatus status, SliceList response) {
        if (status != CallStatus.OK || response.length() <= valueLength) {
            done.completeExceptionally(new IllegalStateException("a call ended with " + status));
            return;
        }
        long now = System.nanoTime();
        durations.recordValue(Math.clamp(now - sentAt, 0, HIGHEST_NANOS));
        if (now - begin < nanos) {
            send();
        } else {
            done.complete(durations);
        }
    }
}
