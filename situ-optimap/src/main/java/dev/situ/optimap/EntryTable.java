package dev.situ.optimap;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.AbstractMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// The lock-free part of [OptiMap]: finds, inserts and removes entries, and grows. What the operations of a map
/// make of that is above.
///
/// This is a class of its own only for its readers; it is a superclass and not a field since that saves each
/// operation a load.
abstract sealed class EntryTable<K, V> extends AbstractMap<K, V> permits OptiMap {
    private static final VarHandle BUCKETS;
    private static final VarHandle TABLE;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            BUCKETS = lookup.findVarHandle(EntryTable.class, "buckets", Word[].class);
            TABLE = lookup.findVarHandle(EntryTable.class, "table", Table.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// Where every operation starts: the buckets of `table`, one indirection nearer. Set just before `table`
    /// is, so it may be one ahead of it; either is right to start from, since an outgrown table leads on to the
    /// larger one.
    private volatile Word<K, V>[] buckets;

    private volatile Table<K, V> table;
    private final boolean grows;
    private final LongAdder size = new LongAdder();

    EntryTable(OptiMapOptions options) {
        this.table = new Table<>(options.buckets());
        this.buckets = table.buckets;
        this.grows = options.grows();
    }

    // ---- finding --------------------------------------------------------------------------------------------------

    /// The entry of `key`, or `null`. It may be dead, which means absent too. Reads through a growth.
    @Nullable
    BucketEntry<K, V> entry(int hash, Object key) {
        Word<K, V>[] start = buckets;
        Word<K, V> word = Buckets.get(start, hash & (start.length - 1));
        BucketEntry<K, V> entry = Word.find(word, hash, key);
        return entry == null && word instanceof Moved<K, V> moved ? entryBehind(moved, hash, key) : entry;
    }

    /// The same, for a writer: where it finds that the map grows, it helps.
    @Nullable
    BucketEntry<K, V> entryToUpdate(int hash, Object key) {
        Word<K, V>[] start = buckets;
        Word<K, V> word = Buckets.get(start, hash & (start.length - 1));
        if (word instanceof Moved<K, V> moved) {
            help(table.growth);
            return entryBehind(moved, hash, key);
        }
        return Word.find(word, hash, key);
    }

    private static <K, V> @Nullable BucketEntry<K, V> entryBehind(Moved<K, V> first, int hash, Object key) {
        Moved<K, V> moved = first;
        while (true) {
            Word<K, V> word = moved.successor(hash & (moved.to.length - 1));
            if (!(word instanceof Moved<K, V> next)) {
                return Word.find(word, hash, key);
            }
            moved = next;
        }
    }

    /// Inserts `key` with `value`, unless it has a live entry: then returns that.
    @Nullable
    BucketEntry<K, V> insert(int hash, K key, V value) {
        BucketEntry<K, V> added = new BucketEntry<>(hash, key, value);
        Word<K, V>[] in = buckets;
        while (true) {
            int index = hash & (in.length - 1);
            Word<K, V> word = Buckets.get(in, index);
            if (word instanceof Moved<K, V> moved) {
                in = leave(in, index, moved);
                continue;
            }
            BucketEntry<K, V> old = Word.find(word, hash, key);
            if (old != null && old.value() != null) {
                return old;
            }
            if (Buckets.compareAndSet(in, index, word, Overflow.with(word, old, added))) {
                inserted(word != null && !(word instanceof Empty));
                return null;
            }
        }
    }

    /// Removes the key of `entry` if its value is the very object `value`, and tidies up. Returns whether it
    /// was.
    boolean kill(BucketEntry<K, V> entry, V value) {
        if (!entry.compareAndSet(value, null)) {
            return false;
        }
        size.decrement();
        unlink(entry);
        return true;
    }

    /// Takes a dead entry out of its bucket, if it is still there.
    private void unlink(BucketEntry<K, V> dead) {
        Word<K, V>[] in = buckets;
        while (true) {
            int index = dead.hash & (in.length - 1);
            Word<K, V> word = Buckets.get(in, index);
            if (word instanceof Moved<K, V> moved) {
                in = leave(in, index, moved);
                continue;
            }
            Word<K, V> without = Overflow.without(word, dead);
            if (without == null || Buckets.compareAndSet(in, index, word, without)) {
                return;
            }
        }
    }

    /// Swings `key`'s value from the very object `expected` to `replacement`, where `null` means absent, for
    /// both. `entry` is where `expected` was found. Returns whether it still was the value.
    boolean swing(@Nullable BucketEntry<K, V> entry, int hash, K key, @Nullable V expected, @Nullable V replacement) {
        if (entry == null || expected == null) {
            return replacement == null || insert(hash, key, replacement) == null;
        }
        return replacement == null ? kill(entry, expected) : entry.compareAndSet(expected, replacement);
    }

    /// Removes `key` if its value is the very object `value`, as an iterator found it.
    void removeExactly(K key, V value) {
        BucketEntry<K, V> entry = entry(Word.hash(key), key);
        if (entry != null) {
            kill(entry, value);
        }
    }

    @Nullable
    V value(int hash, Object key) {
        BucketEntry<K, V> entry = entry(hash, key);
        return entry == null ? null : entry.value();
    }

    // ---- growing --------------------------------------------------------------------------------------------------

    /// A writer has met `moved` in a bucket: helps, and returns the larger table's buckets, where it goes on.
    private Word<K, V>[] leave(Word<K, V>[] from, int index, Moved<K, V> moved) {
        moved.finish(from, index);
        help(table.growth);
        return moved.to;
    }

    /// A key was added to a bucket, where there were others if `collision`.
    private void inserted(boolean collision) {
        size.increment();
        Table<K, V> current = table;
        Growth<K, V> growth = current.growth;
        if (growth == null && grows && collision) {
            long sum = size.sum();
            growth = current.outgrownBy(sum) ? current.grow(sum) : null;
        }
        help(growth);
    }

    /// Moves a stride; if all is moved, makes the larger table the map's table. Both steps can succeed only
    /// once for each growth, and the next growth cannot begin before both did.
    private void help(@Nullable Growth<K, V> growth) {
        if (growth != null && growth.help()) {
            BUCKETS.compareAndSet(this, growth.from.buckets, growth.to.buckets);
            TABLE.compareAndSet(this, growth.from, growth.to);
        }
    }

    /// The number of live entries; exact when no update is under way.
    final long count() {
        return Math.max(0, size.sum());
    }

    /// Where an iteration starts.
    Word<K, V>[] buckets() {
        return buckets;
    }

    /// The table that grows next, or is growing; for the validator of the tests.
    Table<K, V> table() {
        return table;
    }
}
