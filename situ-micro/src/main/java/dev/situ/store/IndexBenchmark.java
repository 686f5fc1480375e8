package dev.situ.store;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Finding and replacing records of random keys that are there: 16-byte keys, 64-byte values, an epoch for each
/// operation.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 3,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Xms256m", "-Xmx256m"})
public class IndexBenchmark {
    private static final int KEY_BYTES = 16;
    private static final int VALUE_BYTES = 64;

    /// How many keys are there: in the caches, and far beyond them.
    @Param({"8192", "1000000"})
    public long keys;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment key = arena.allocate(KEY_BYTES);
    private final MemorySegment value = arena.allocate(VALUE_BYTES);
    private Store store;
    private StoreWorker worker;
    private long state;

    /// Stores the keys.
    @Setup
    public void open() {
        store = Store.open(StoreOptions.ofMemory((64L << 20) + keys * 250));
        worker = store.worker("benchmark");
        for (long number = 0; number < keys; number++) {
            write(number);
            worker.enter();
            StoreStatus status = worker.put(key, 0, KEY_BYTES, value, 0, VALUE_BYTES);
            worker.exit();
            if (status != StoreStatus.STORED) {
                throw new IllegalStateException("key " + number + ": " + status);
            }
        }
    }

    private void write(long number) {
        Words.setLong(key, 0, number * 0x9E3779B97F4A7C15L);
        Words.setLong(key, 8, number);
    }

    private void writeRandom() {
        state += 0x9E3779B97F4A7C15L;
        long mixed = (state ^ state >>> 30) * 0xBF58476D1CE4E5B9L;
        write(Math.unsignedMultiplyHigh(mixed ^ mixed >>> 27, keys));
    }

    /// Finds a record.
    @Benchmark
    public long get() {
        writeRandom();
        worker.enter();
        long record = worker.find(key, 0, KEY_BYTES);
        worker.exit();
        return record;
    }

    /// Replaces a record.
    @Benchmark
    public StoreStatus put() {
        writeRandom();
        worker.enter();
        StoreStatus status = worker.put(key, 0, KEY_BYTES, value, 0, VALUE_BYTES);
        worker.exit();
        return status;
    }

    /// Only the key: what the others take besides the store.
    @Benchmark
    public long bound() {
        writeRandom();
        return Words.getLong(key, 0);
    }

    /// Closes the store.
    @TearDown
    public void close() {
        worker.close();
        store.close();
        arena.close();
    }
}
