package dev.situ.optimap;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// A key and the box of its value. One entry stands for its key from insertion to removal, and is carried
/// along, the same object, through all versions of its bucket and from table to table. So an update swings the
/// value, and nothing else.
///
/// `value` is `null` once the key was removed, and then for ever: the entry is **dead**. The compare-and-set to
/// `null` *is* the removal; that the entry leaves its bucket afterwards is only tidying up, and a key that is
/// inserted again gets a new entry.
final class BucketEntry<K, V> extends Word<K, V> {
    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(BucketEntry.class, "value", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final int hash;
    final K key;

    @SuppressWarnings("FieldMayBeFinal")
    private volatile @Nullable V value;

    BucketEntry(int hash, K key, V value) {
        this.hash = hash;
        this.key = key;
        this.value = value;
    }

    /// The value, or `null` if the entry is dead.
    @Nullable
    V value() {
        return value;
    }

    /// Replaces the value if it is the very object `expected`; by `null` to kill the entry.
    boolean compareAndSet(V expected, @Nullable V replacement) {
        return VALUE.compareAndSet(this, expected, replacement);
    }

    @SuppressWarnings("ReferenceEquality") // only a shortcut
    boolean hasKey(Object other) {
        return key == other || other.equals(key);
    }
}
