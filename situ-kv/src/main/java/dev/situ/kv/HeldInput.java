package dev.situ.kv;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Bytes that a connection holds, in own memory: the rest of a command that is not whole yet, queued commands, watched
/// keys. A window that grows at its end and is consumed from its start.
///
/// Takes memory as bytes come, never ahead, and at most [#MAX_BYTES]. Up to [#KEPT_BYTES] are kept for as long
/// as the connection, and collected with it; more is given back as soon as it is empty. So [#close()] is for any
/// thread when nothing large is held, and for the thread of the connection otherwise. All else is confined to
/// that one.
final class HeldInput implements AutoCloseable {
    /// The most that Redis's `client-query-buffer-limit` can be, and its default: a connection that needs more is
    /// closed.
    static final int MAX_BYTES = 1 << 30;

    static final int KEPT_BYTES = 16 * 1024;

    private static final int FIRST_BYTES = 1024;

    private @Nullable Arena arena; // of what is larger than KEPT_BYTES
    private MemorySegment memory = MemorySegment.NULL;
    private int start;
    private int length;

    HeldInput() {}

    MemorySegment memory() {
        return memory;
    }

    int start() {
        return start;
    }

    int length() {
        return length;
    }

    boolean isEmpty() {
        return length == 0;
    }

    /// Appends a copy of some bytes. Gives false, and takes none, if that would be more than [#MAX_BYTES].
    boolean append(MemorySegment from, long offset, long bytes) {
        if (bytes > MAX_BYTES - length) {
            return false;
        }
        int at = extend((int) bytes);
        Words.copy(from, offset, memory, at, bytes);
        return true;
    }

    /// Appends some bytes, for the caller to write, and gives where in [#memory()] they are. Not more than
    /// [#MAX_BYTES] with those that are there.
    int extend(int bytes) {
        if (memory.byteSize() - start - length < bytes) {
            makeRoom(bytes);
        }
        int at = start + length;
        length += bytes;
        return at;
    }

    /// Forgets the first bytes.
    void consume(int bytes) {
        start += bytes;
        length -= bytes;
        if (length == 0) {
            start = 0;
            if (arena != null) {
                close();
            }
        }
    }

    /// Takes `bytes` bytes out, from position `at` of the window on; what is behind them moves up.
    void cut(int at, int bytes) {
        int from = start + at;
        Words.copy(memory, from + bytes, memory, from, length - at - bytes);
        length -= bytes;
    }

    /// Forgets everything and gives the memory back. May be used again.
    @Override
    public void close() {
        if (arena != null) {
            arena.close();
            arena = null;
        }
        memory = MemorySegment.NULL;
        start = 0;
        length = 0;
    }

    private void makeRoom(int bytes) {
        if (memory.byteSize() - length >= bytes && start >= length) {
            // Half of it is consumed: moving up costs less than the bytes did.
            Words.copy(memory, start, memory, 0, length);
        } else {
            grow(Math.max((long) length + bytes, Math.max(FIRST_BYTES, memory.byteSize() * 2)));
        }
        start = 0;
    }

    @SuppressWarnings("MustBeClosedChecker") // closed by close() or by the next growth
    private void grow(long bytes) {
        Arena larger = bytes <= KEPT_BYTES ? Arena.ofAuto() : Arena.ofConfined();
        MemorySegment grown = larger.allocate(Math.min(MAX_BYTES, bytes));
        Words.copy(memory, start, grown, 0, length);
        if (arena != null) {
            arena.close();
        }
        arena = bytes <= KEPT_BYTES ? null : larger;
        memory = grown;
    }
}
