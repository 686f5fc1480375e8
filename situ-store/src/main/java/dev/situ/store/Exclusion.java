package dev.situ.store;

import dev.situ.memory.Checks;
import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;

/// Lets one worker run alone: for what must read and write several keys in one step.
///
/// ```
///   base      holder: the worker that runs alone, counted from 1, or 0     128 bytes, so that no two
///   +128      worker 0: 1 while it runs operations                         share a line or its neighbour
///   +256      worker 1 ...
/// ```
///
/// A worker *arrives* before a burst and *leaves* after it. Who wants to be alone leaves, takes the holder's word, and
/// waits until nobody else is there. Who arrives and finds the word taken leaves again, and waits. So a burst is one
/// step to who runs alone, and the other way round; a burst that nobody disturbs pays a store and a load.
///
/// Between arriving and looking at the holder's word lies a full fence, and so does between taking it and looking who
/// is there (Dekker's argument): of two that come at once, at least one sees the other. No wait
/// is long: bursts are short, and who waits to be alone has left.
///
/// Safe for all threads; a worker's number is used by one thread at a time.
final class Exclusion {
    private static final long STRIDE = 128;
    private static final int SPINS = 1000;
    private static final long NAP_NANOS = 20_000;

    private final MemorySegment memory;
    private final long holder;

    /// @param base where [#bytes] zero bytes lie that are its own, aligned to 64
    Exclusion(MemorySegment memory, long base) {
        this.memory = memory;
        this.holder = base;
    }

    static long bytes(int workers) {
        return STRIDE * (workers + 1L);
    }

    private long worker(int number) {
        return holder + STRIDE * (number + 1L);
    }

    /// Says that a worker runs operations from now on. A full fence, then [#isHeldByAnother] come behind it.
    void arrive(int worker) {
        Words.setLongRelease(memory, worker(worker), 1);
    }

    /// Says that it does no longer.
    void leave(int worker) {
        Words.setLongRelease(memory, worker(worker), 0);
    }

    /// Whether a worker that has arrived must leave, and [#await].
    boolean isHeldByAnother(int worker) {
        long by = Words.getLongAcquire(memory, holder);
        return by != 0 && by != worker + 1L;
    }

    /// Waits until nobody runs alone. For a worker that has left.
    void await() {
        for (int i = 0; Words.getLongAcquire(memory, holder) != 0; i++) {
            pause(i);
        }
    }

    /// Waits until the worker runs alone. It has arrived, and may hold references, but counts on nothing that it has
    /// read from them.
    ///
    /// @param workers how many numbers are in use, or were; asked for once the word is taken
    void begin(int worker, IntSupplier workers) {
        leave(worker);
        for (int i = 0; !Words.compareAndSetLong(memory, holder, 0, worker + 1L); i++) {
            pause(i);
        }
        arrive(worker);
        int last = workers.getAsInt();
        for (int other = 0; other < last; other++) {
            for (int i = 0; other != worker && Words.getLongVolatile(memory, worker(other)) != 0; i++) {
                pause(i);
            }
        }
    }

    /// Lets the others go on.
    void end(int worker) {
        if (Checks.ON && Words.getLongAcquire(memory, holder) != worker + 1L) {
            throw new IllegalStateException("worker " + worker + " does not run alone");
        }
        Words.setLongRelease(memory, holder, 0);
    }

    private static void pause(int times) {
        if (times < SPINS) {
            Thread.onSpinWait();
        } else {
            LockSupport.parkNanos(NAP_NANOS); // there are more threads than processors
        }
    }
}
