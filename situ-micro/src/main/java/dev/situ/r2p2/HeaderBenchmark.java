package dev.situ.r2p2;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// R2P2's header: reading and checking that of a request of one packet.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 3,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Xms256m", "-Xmx256m"})
public class HeaderBenchmark {
    private static final int PAYLOAD = 35;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment compatible = arena.allocate(R2p2Header.BYTES);
    private final MemorySegment reliable = arena.allocate(ReliableHeader.BYTES);
    private int rid;

    /// Writes a header.
    @Setup
    public void write() {
        R2p2Header.write(compatible, 0, R2p2Header.ofPacket(R2p2Header.REQUEST, R2p2Header.FIXED, 1, 0, 1));
        ReliableHeader.write(reliable, 0, ReliableHeader.alone(R2p2Header.REQUEST, 1), 42);
    }

    /// The compatible mode's 8 bytes.
    @Benchmark
    public int parseCompatible() {
        long header = R2p2Header.read(compatible, 0);
        if (R2p2Header.check(header, PAYLOAD) != HeaderFault.NONE) {
            throw new IllegalStateException("a fault in " + Long.toHexString(header));
        }
        return R2p2Header.rid(header);
    }

    /// The reliable mode's 16 bytes, of which the first word is checked.
    @Benchmark
    public int parseReliable() {
        long header = R2p2Header.read(reliable, 0);
        if (ReliableHeader.check(header, PAYLOAD) != HeaderFault.NONE) {
            throw new IllegalStateException("a fault in " + Long.toHexString(header));
        }
        return R2p2Header.rid(header);
    }

    /// Writing the compatible mode's.
    @Benchmark
    public void writeCompatible() {
        R2p2Header.write(
                compatible, 0, R2p2Header.ofPacket(R2p2Header.REQUEST, R2p2Header.FIXED, rid++ & 0xFFFF, 0, 1));
    }

    /// Frees the memory.
    @TearDown
    public void close() {
        arena.close();
    }
}
