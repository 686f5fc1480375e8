package dev.situ.optimap;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// Keeps a value of an [OwningMap] open: the thesis's `ValueHolder` (section 4.2.2). As long as the holder is
/// open, the value is not closed, even if it is replaced or removed, and even if the map is closed.
///
/// Open a holder in try-with-resources. Closing it again does nothing; a holder that is never closed keeps its
/// value open for ever ([OwningMap#unclosed] shows that).
///
/// ```java
/// try (ValueHolder<Buffer> holder = buffers.hold("logo")) {
///     if (holder != null) {
///         send(holder.value());          // the buffer cannot go away in here
///     }
/// }
/// ```
///
/// A holder belongs to one user at a time. Whoever hands a value to another thread gives it a holder of its
/// own: [#share].
///
/// @param <V> what is held
public final class ValueHolder<V> implements AutoCloseable {
    private static final VarHandle OWNED;

    static {
        try {
            OWNED = MethodHandles.lookup().findVarHandle(ValueHolder.class, "owned", Owned.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// What is held, or `null` once this holder is closed.
    private volatile @Nullable Owned<V> owned;

    /// Takes over one hold of `owned`.
    ValueHolder(Owned<V> owned) {
        this.owned = owned;
    }

    /// The value. It may be used until this holder is closed, and no longer: do not keep it.
    ///
    /// @throws IllegalStateException if this holder is closed
    public V value() {
        return owned().value;
    }

    /// Another holder of the same value, for another user; the caller closes each.
    ///
    /// @throws IllegalStateException if this holder is closed
    public ValueHolder<V> share() {
        Owned<V> held = owned();
        if (!held.retain()) {
            throw closed();
        }
        return new ValueHolder<>(held);
    }

    /// Gives the hold back. The value is closed by this call if it is no longer in the map and this was its
    /// last holder.
    @Override
    public void close() {
        @SuppressWarnings("unchecked")
        Owned<V> held = (Owned<V>) OWNED.getAndSet(this, null);
        if (held != null) {
            held.release();
        }
    }

    Owned<V> owned() {
        Owned<V> held = owned;
        if (held == null) {
            throw closed();
        }
        return held;
    }

    private static IllegalStateException closed() {
        return new IllegalStateException("this holder is closed: its value may be gone");
    }
}
