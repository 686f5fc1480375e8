package dev.situ.dpdk;

import dev.situ.dpdk.ffi.EalCalls;
import org.checkerframework.checker.mustcall.qual.InheritableMustCall;

/// A registered thread: DPDK keeps a cache of each pool for it, so that a driver takes and gives packets without
/// meeting other threads. Got by [Eal#register], for the calling thread; closed by the same thread.
@InheritableMustCall("close")
public final class EalThread implements AutoCloseable {
    private final Eal eal;
    private final Thread thread = Thread.currentThread();
    private final int lcore;
    private boolean closed;

    EalThread(Eal eal, int lcore) {
        this.eal = eal;
        this.lcore = lcore;
    }

    /// The number that DPDK knows the thread by.
    public int lcore() {
        return lcore;
    }

    @Override
    public String toString() {
        return "registered thread " + thread.getName();
    }

    /// Unregisters the thread.
    ///
    /// @throws IllegalStateException if another thread calls it
    @Override
    public void close() {
        if (Thread.currentThread() != thread) {
            throw new IllegalStateException("thread " + thread.getName() + " can only be unregistered by itself");
        }
        if (!closed) {
            closed = true;
            EalCalls.threadUnregister();
            eal.forget(this);
        }
    }
}
