package dev.situ.optimap;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.function.UnaryOperator;

/// One value that threads replace optimistically: read it, build the next one from it, swing the reference by
/// compare-and-set, and start again if another thread was faster.
///
/// This is the thesis's `AtomicBox` (section 4.2.1). A thread that called [#get] keeps *its* version for as
/// long as it likes, whatever others put into the box since: old versions are the garbage collector's. The
/// thesis had to count references for that, and its `get` read a counter that another thread could free in the
/// same moment; here there is no such moment.
///
/// Values should be immutable. `null` is refused.
///
/// ```java
/// AtomicBox<List<String>> names = new AtomicBox<>(List.of());
/// names.replaceWith(old -> Stream.concat(old.stream(), Stream.of("situ")).toList());
/// ```
///
/// All methods may be called by any thread. `get` is wait-free; `replaceWith` is lock-free.
///
/// @param <T> what is in the box
public final class AtomicBox<T> {
    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(AtomicBox.class, "value", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile T value;

    /// Makes a box that holds `initial`.
    public AtomicBox(T initial) {
        this.value = Objects.requireNonNull(initial, "initial");
    }

    /// Returns the current value. It stays valid after others have replaced it.
    public T get() {
        return value;
    }

    /// Replaces the value with `function` of it, atomically, and returns the new value.
    ///
    /// `function` is called with no lock held, and again with the newer value whenever another thread replaced
    /// the one it was given: it should be free of side effects. If it throws, the box is unchanged. A function
    /// that returns its argument changes nothing.
    public T replaceWith(UnaryOperator<T> function) {
        while (true) {
            T old = value;
            T replacement = Objects.requireNonNull(function.apply(old), "the replacement");
            if (VALUE.compareAndSet(this, old, replacement)) {
                return replacement;
            }
        }
    }

    @Override
    public String toString() {
        return "AtomicBox[" + value + "]";
    }
}
