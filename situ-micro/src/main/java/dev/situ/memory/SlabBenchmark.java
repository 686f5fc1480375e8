package dev.situ.memory;

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

/// Cells of the slab allocator: one at a time, and as many as go beyond a thread's cache.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 3,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Xms256m", "-Xmx256m"})
public class SlabBenchmark {
    private static final long REGION_BYTES = 256L << 20;

    /// The bytes of a cell.
    @Param({"64", "1024"})
    public long bytes;

    /// How many cells are allocated before the first is freed.
    @Param({"1", "512"})
    public int live;

    private final Region region = Region.reserve(REGION_BYTES, HugePages.NONE);
    private final SlabAllocator allocator = new SlabAllocator(region, REGION_BYTES);
    private final SlabCache cache = new SlabCache(allocator);
    private long[] cells = {};
    private int next;

    /// Allocates the cells.
    @Setup
    public void open() {
        cells = new long[live];
        for (int i = 0; i < live; i++) {
            cells[i] = cache.allocate(bytes);
        }
    }

    /// Frees the oldest cell and allocates one.
    @Benchmark
    public long freeAndAllocate() {
        cache.free(cells[next]);
        long cell = cache.allocate(bytes);
        cells[next] = cell;
        next = next + 1 == live ? 0 : next + 1;
        return cell;
    }

    /// Gives the region back.
    @TearDown
    public void close() {
        cache.close();
        region.close();
    }
}
