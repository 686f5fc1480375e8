package dev.situ.optimap;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/// A value that an [OwningMap] was given, and the number of those who keep it open: the map is one while the
/// value is in it, each [ValueHolder] is one. Who takes the number to 0 closes the value; from 0 it never rises
/// again, so that happens once.
///
/// Equality is identity: each giving has its own object, even of the same value.
final class Owned<V> {
    private static final VarHandle HOLDS;

    static {
        try {
            HOLDS = MethodHandles.lookup().findVarHandle(Owned.class, "holds", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final V value;
    private final Consumer<? super V> closer;
    private final LongAdder unclosed;

    private volatile int holds;

    /// A value kept open by `holds` holds, which the caller hands out. Takes one off `unclosed` when it is
    /// closed by `closer`.
    Owned(V value, int holds, Consumer<? super V> closer, LongAdder unclosed) {
        this.value = value;
        this.holds = holds;
        this.closer = closer;
        this.unclosed = unclosed;
    }

    /// Takes one more hold, unless the value is closed. Returns whether it did. Lock-free.
    boolean retain() {
        for (int current = holds; current > 0; current = holds) {
            if (HOLDS.compareAndSet(this, current, current + 1)) {
                return true;
            }
        }
        return false;
    }

    /// Gives one hold back. Closes the value with the last one.
    void release() {
        if ((int) HOLDS.getAndAdd(this, -1) == 1) {
            close();
        }
    }

    private void close() {
        try {
            closer.accept(value);
        } catch (Throwable failure) {
            Thread thread = Thread.currentThread();
            Thread.UncaughtExceptionHandler handler = thread.getUncaughtExceptionHandler();
            if (handler != null) {
                handler.uncaughtException(thread, failure);
            }
        } finally {
            unclosed.decrement();
        }
    }
}
