package dev.situ.store;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
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

/// The hash of a key where it was received.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 3,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Xms256m", "-Xmx256m"})
public class HashBenchmark {
    /// The bytes of the key.
    @Param({"16", "32", "250"})
    public int length;

    private final Arena arena = Arena.ofShared();
    private final Hasher64 hasher = Hashing.wyhashFinal4(42);
    private MemorySegment key = MemorySegment.NULL;
    private long number;

    /// Makes room for a key.
    @Setup
    public void open() {
        key = arena.allocate(length);
    }

    /// A key that is different each time.
    @Benchmark
    public long hash() {
        Words.setLong(key, 0, number++);
        return KeyBytes.hash(hasher, 0, key, 0, length);
    }

    /// Frees the room.
    @TearDown
    public void close() {
        arena.close();
    }
}
