package dev.situ.optimap;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// One generation of a map's buckets, and the growth that ends it. A table grows once, and only after it has
/// itself received every bucket of the one before it.
final class Table<K, V> {
    private static final VarHandle GROWTH;
    private static final VarHandle CLAIMED;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            GROWTH = lookup.findVarHandle(Table.class, "growth", Growth.class);
            CLAIMED = lookup.findVarHandle(Table.class, "claimed", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final Word<K, V>[] buckets;

    /// The growth out of this table, once it has begun. Written once, by compare-and-set.
    volatile @Nullable Growth<K, V> growth;

    /// Whether a thread has set out to allocate the larger table. Written once, by compare-and-set.
    @SuppressWarnings("UnusedVariable") // through CLAIMED
    private volatile boolean claimed;

    /// Whether the heap had no room for a larger table: then this one stays, and its lists get longer.
    private volatile boolean last;

    Table(int length) {
        this.buckets = Buckets.create(length);
    }

    /// Whether a map of `size` keys has outgrown this table: more than three keys for every four buckets.
    boolean outgrownBy(long size) {
        return size > buckets.length - (buckets.length >>> 2) && buckets.length < OptiMapOptions.MAX_BUCKETS && !last;
    }

    /// Begins to grow unless growth has begun. Returns the growth, or `null` if another thread is allocating
    /// the larger table.
    ///
    /// Only one thread allocates, so that many writers at once do not fill the heap with tables; the others go
    /// on with the table they have. If that one thread does not come back until the map is twice as full, the
    /// others allocate too: nobody depends on it.
    @Nullable
    Growth<K, V> grow(long size) {
        boolean overdue = outgrownBy(size >>> 1);
        if (growth == null && (claim() || overdue)) {
            try {
                GROWTH.compareAndSet(this, null, new Growth<>(this, new Table<>(buckets.length << 1)));
            } catch (OutOfMemoryError _) {
                last = true;
            }
        }
        return growth;
    }

    /// Whether the caller is the one who is to allocate.
    boolean claim() {
        return CLAIMED.compareAndSet(this, false, true);
    }
}
