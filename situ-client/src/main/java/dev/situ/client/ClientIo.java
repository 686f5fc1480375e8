package dev.situ.client;

import dev.situ.memory.Checks;
import dev.situ.memory.Words;
import dev.situ.r2p2.CallStart;
import dev.situ.r2p2.Completion;
import dev.situ.udp.UdpSender;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Starts calls from the client's own thread, without an object for each call: for load generators and the like.
///
/// To be had by [SituClient#onIoThread]; usable there and in completions only, which run on the same thread. The
/// calls that are started in one completion or task leave together.
public final class ClientIo {
    private static final byte[] GET = "*2\r\n$3\r\nGET\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int SCRATCH_BYTES = 4096;

    private final Protocol protocol;
    private final UdpSender sender;
    private final long timeoutNanos;
    private final LongSupplier clock;
    private final MemorySegment scratch;
    private long now;

    /// The client's thread, once it runs.
    private @Nullable Thread owner;

    ClientIo(Protocol protocol, UdpSender sender, long timeoutNanos, LongSupplier clock, Arena arena) {
        this.protocol = protocol;
        this.sender = sender;
        this.timeoutNanos = timeoutNanos;
        this.clock = clock;
        scratch = arena.allocate(SCRATCH_BYTES);
        Words.copyFrom(GET, 0, scratch, 0, GET.length);
        now = clock.getAsLong();
    }

    /// Makes the calling thread the only one that may use this. Looked after in checked mode.
    void confine() {
        owner = Thread.currentThread();
    }

    /// Whether the calling thread is the client's.
    boolean isOwner() {
        return Thread.currentThread() == owner;
    }

    private void requireOwner() {
        if (!isOwner()) {
            throw new IllegalStateException("used outside the client's thread, by " + Thread.currentThread());
        }
    }

    /// Reads the clock, once for all calls of a round of the loop.
    long tick() {
        now = clock.getAsLong();
        return now;
    }

    /// Starts a call whose request is `length` bytes of RESP.
    ///
    /// Up to 1456 bytes are borrowed for this call of the method; more are borrowed until the completion, and must
    /// be native.
    ///
    /// @param completion gets the reply as RESP bytes, on this thread; must not throw
    /// @param token given back to `completion`
    /// @return [CallStart#STARTED], or why `completion` will not be called
    public CallStart call(MemorySegment request, long offset, int length, Completion completion, long token) {
        if (Checks.ON) {
            requireOwner();
        }
        return protocol.call(sender, request, offset, length, now + timeoutNanos, completion, token);
    }

    /// Starts a call of a request of any length that times out at `deadline`.
    CallStart callUntil(long deadline, MemorySegment request, int length, Completion completion) {
        return protocol.call(sender, request, 0, length, deadline, completion, 0);
    }

    /// Starts a `GET` of a key of at most 1024 bytes, which is borrowed for this call of the method.
    public CallStart get(MemorySegment key, long offset, int length, Completion completion, long token) {
        if (length > SCRATCH_BYTES / 4) {
            return CallStart.TOO_LARGE;
        }
        long at = CommandEncoder.head(scratch, GET.length, '$', length);
        Words.copy(key, offset, scratch, at, length);
        int end = (int) CommandEncoder.lineEnd(scratch, at + length);
        return call(scratch, 0, end, completion, token);
    }

    /// The calls that have not ended.
    public int outstanding() {
        return protocol.outstanding();
    }

    /// Starts a call of a request in a Java array of at most [Protocol#maxBorrowed] bytes that times out at
    /// `deadline`.
    CallStart callUntil(long deadline, byte[] request, Completion completion) {
        Words.copyFrom(request, 0, scratch, GET.length, request.length);
        return protocol.call(sender, scratch, GET.length, request.length, deadline, completion, 0);
    }

    /// Whether a long request of that many bytes may start beside those that are on their way. One may always.
    boolean admitsLong(int length) {
        return protocol.admitsLong(length);
    }

    /// Notes that so many bytes of long requests more, or less, are on their way.
    void addLong(int length) {
        protocol.addLong(length);
    }
}
