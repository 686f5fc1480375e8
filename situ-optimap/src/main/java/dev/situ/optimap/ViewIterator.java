package dev.situ.optimap;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// Iterator over a map's entries, for the three views. Weakly consistent: never throws
/// [java.util.ConcurrentModificationException]. Confined to one thread.
///
/// @param <T> what the view is of
abstract class ViewIterator<K, V, T> implements Iterator<T> {
    final OptiMap<K, V> map;
    private final Traversal<K, V> traversal;
    private @Nullable BucketEntry<K, V> next;
    private @Nullable V nextValue;
    private @Nullable T last;

    ViewIterator(OptiMap<K, V> map) {
        this.map = map;
        this.traversal = new Traversal<>(map.buckets());
        advance();
    }

    /// What is given out for an entry that had `value` when the iterator came to it.
    abstract T element(BucketEntry<K, V> entry, V value);

    /// Removes from the map what was given out.
    abstract void remove(T element);

    @Override
    public final boolean hasNext() {
        return next != null;
    }

    @Override
    public final T next() {
        BucketEntry<K, V> entry = next;
        V value = nextValue;
        if (entry == null || value == null) {
            throw new NoSuchElementException();
        }
        advance();
        T element = element(entry, value);
        last = element;
        return element;
    }

    private void advance() {
        next = traversal.next();
        nextValue = traversal.value();
    }

    @Override
    public final void remove() {
        T element = last;
        if (element == null) {
            throw new IllegalStateException("next() has not been called, or remove() was called after it");
        }
        last = null;
        remove(element);
    }
}
