package dev.situ.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// One array of buckets, a power of two of them, and the larger one that follows it when it has grown too small.
///
/// A key belongs in the bucket that the top bits of its hash name. So the keys of bucket `b` go to buckets `2b`
/// and `2b+1` of a table twice as large, and a place in the space of hashes (a scan's cursor) means the same in
/// both.
///
/// `next` is set once, by compare-and-set from null: to a table of twice the size (growth: buckets are moved
/// there one by one) or to an empty one that [#emptied] (a clear: nothing is moved).
final class Table {
    private static final VarHandle NEXT;

    static {
        try {
            NEXT = MethodHandles.lookup().findVarHandle(Table.class, "next", Table.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// Where the buckets lie.
    final long base;
    /// There are `1 << bits` buckets.
    final int bits;
    /// Whether this table replaced all that was there before it.
    final boolean emptied;
    /// Which bucket is to be moved next by who has time.
    final AtomicLong cursor = new AtomicLong();
    /// How many buckets have moved to [#next].
    final AtomicLong moved = new AtomicLong();

    /// The number of keys from which on the table is to grow.
    volatile long growAt;

    private volatile @Nullable Table next;

    Table(long base, int bits, boolean emptied) {
        this.base = base;
        this.bits = bits;
        this.emptied = emptied;
        this.growAt = Index.threshold(bits);
    }

    static long bytes(int bits) {
        return (long) Bucket.BYTES << bits;
    }

    long buckets() {
        return 1L << bits;
    }

    /// The number of the bucket of keys with this hash.
    long index(long hash) {
        return hash >>> 1 >>> (63 - bits);
    }

    /// The smallest hash of those that belong in bucket `number`.
    long placeOf(long number) {
        return number << 1 << (63 - bits);
    }

    /// The first bucket of the chain of keys with this hash.
    long bucketOf(long hash) {
        return base + index(hash) * Bucket.BYTES;
    }

    long bucketAt(long index) {
        return base + index * Bucket.BYTES;
    }

    @Nullable
    Table next() {
        return next;
    }

    /// The table that follows; for who saw a bucket that has moved, so that there is one.
    Table nextAfterMove() {
        Table table = next;
        if (table == null) {
            throw new IllegalStateException("a bucket has moved to nowhere");
        }
        return table;
    }

    boolean compareAndSetNext(Table table) {
        return NEXT.compareAndSet(this, null, table);
    }
}
