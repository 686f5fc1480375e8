package dev.situ.packet;

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

/// The internet checksum of the bytes of a packet.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 3,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Xms256m", "-Xmx256m"})
public class ChecksumBenchmark {
    /// The bytes: an IPv4 header, a small request, a full packet.
    @Param({"20", "64", "1472"})
    public int length;

    private final Arena arena = Arena.ofShared();
    private MemorySegment bytes = MemorySegment.NULL;

    /// Fills the memory.
    @Setup
    public void open() {
        bytes = arena.allocate(length).fill((byte) 0x5A);
    }

    /// The sum of all bytes.
    @Benchmark
    public int sum() {
        return Checksum.sum(bytes, 0, length);
    }

    /// Frees the memory.
    @TearDown
    public void close() {
        arena.close();
    }
}
