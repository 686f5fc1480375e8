package dev.situ.optimap;

import org.jspecify.annotations.Nullable;

/// A walk over all entries of a map while others change it: each key that is there throughout comes exactly
/// once, any other at most once. Confined to one thread.
///
/// It goes through the buckets of the table that it started with. A key's hash belongs to one of these for
/// ever, however often the map grows meanwhile: where a bucket has moved, the walk descends into its two
/// successors, and into theirs.
///
/// ```
///   started with      │ 0 │ 1 │ 2 │ 3 │                     bucket 1 moved: its keys are in 1 and 5
///   next table        │ 0 │ 1 │ 2 │ 3 │ 4 │ 5 │ 6 │ 7 │     if 5 moved too: in 1, 5 and 13
/// ```
///
/// It reads through a growth as `get` does, so it is wait-free.
final class Traversal<K, V> {
    /// A successor bucket that is still to be visited, a stack by `below`.
    private record Pending<K, V>(
            Moved<K, V> moved, int index, @Nullable Pending<K, V> below) {}

    private final Word<K, V>[] start;
    private int nextIndex;
    private @Nullable Pending<K, V> pending;

    /// The current bucket, from `next` on; its entries are those that have `index` under `mask`.
    private @Nullable BucketEntry<K, V>[] entries = Overflow.entries(null);

    private int next;
    private int index;
    private int mask;

    private @Nullable V value;

    Traversal(Word<K, V>[] start) {
        this.start = start;
    }

    /// Goes to the next live entry and returns it, or `null` at the end.
    @Nullable
    BucketEntry<K, V> next() {
        while (true) {
            while (next < entries.length) {
                BucketEntry<K, V> entry = entries[next++];
                value = entry != null && (entry.hash & mask) == index ? entry.value() : null;
                if (value != null) {
                    return entry;
                }
            }
            if (!nextBucket()) {
                value = null;
                return null;
            }
        }
    }

    /// The value that the last entry had when the walk came to it; `null` only before the first and after the
    /// last.
    @Nullable
    V value() {
        return value;
    }

    private boolean nextBucket() {
        Pending<K, V> top = pending;
        if (top != null) {
            pending = top.below;
            enter(top.moved.successor(top.index), top.index, top.moved.to.length);
            return true;
        }
        if (nextIndex < start.length) {
            enter(Buckets.get(start, nextIndex), nextIndex, start.length);
            nextIndex++;
            return true;
        }
        return false;
    }

    private void enter(@Nullable Word<K, V> word, int bucket, int length) {
        if (word instanceof Moved<K, V> moved) {
            pending = new Pending<>(moved, bucket + length, pending);
            pending = new Pending<>(moved, bucket, pending);
        } else {
            entries = Overflow.entries(word);
            next = 0;
            index = bucket;
            mask = length - 1;
        }
    }
}
