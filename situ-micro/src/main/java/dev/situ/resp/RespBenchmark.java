package dev.situ.resp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// RESP: reading commands, writing replies.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 3,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Xms256m", "-Xmx256m"})
public class RespBenchmark {
    private static final int VALUE_BYTES = 64;
    private static final String KEY = "$16\r\nkey:000000000042\r\n";

    private final Arena arena = Arena.ofShared();
    private final MemorySegment get = bytes("*2\r\n$3\r\nGET\r\n" + KEY);
    private final MemorySegment set = bytes("*3\r\n$3\r\nSET\r\n" + KEY + "$64\r\n" + "v".repeat(VALUE_BYTES) + "\r\n");
    private final MemorySegment value = arena.allocate(VALUE_BYTES);
    private final MemorySegment out = arena.allocate(256);
    private final RespParser parser = new RespParser();
    private long number;

    private MemorySegment bytes(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return arena.allocate(bytes.length).copyFrom(MemorySegment.ofArray(bytes));
    }

    /// Reads a GET.
    @Benchmark
    public int parseGet() {
        return parse(get);
    }

    /// Reads a SET of 64 bytes.
    @Benchmark
    public int parseSet() {
        return parse(set);
    }

    private int parse(MemorySegment command) {
        RespStatus status = parser.parse(command, 0, (int) command.byteSize());
        if (status != RespStatus.COMMAND) {
            throw new IllegalStateException("not a command: " + status);
        }
        int count = parser.command().count();
        parser.release();
        return count;
    }

    /// Writes a value of 64 bytes.
    @Benchmark
    public long writeBulk() {
        return RespWriter.bulk(out, 0, value, 0, VALUE_BYTES);
    }

    /// Writes a number of 7 digits.
    @Benchmark
    public long writeInteger() {
        number = number == 9_999_999 ? 1_000_000 : Math.max(number, 999_999) + 1;
        return RespWriter.integer(out, 0, number);
    }

    /// Frees the memory.
    @TearDown
    public void close() {
        arena.close();
    }
}
