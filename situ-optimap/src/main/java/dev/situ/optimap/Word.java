package dev.situ.optimap;

import org.jspecify.annotations.Nullable;

/// What a bucket's one word can hold, besides `null` for a bucket that was never written.
///
/// ```
///   BucketEntry  the one key of the bucket, with its value
///   Overflow     two keys or more: an immutable set of entries
///   Empty        there were keys, and there are none now
///   Moved        the table is outgrown: go on in the larger one
/// ```
abstract sealed class Word<K, V> permits BucketEntry, Overflow, Empty, Moved {
    /// Spreads a key's hash code over the low bits, which choose the bucket.
    static int hash(Object key) {
        int h = key.hashCode();
        return h ^ (h >>> 16);
    }

    /// The entry of `key` in a bucket, dead or alive, or `null`. Nothing is found in a [Moved].
    static <K, V> @Nullable BucketEntry<K, V> find(@Nullable Word<K, V> word, int hash, Object key) {
        if (word instanceof BucketEntry<K, V> entry) {
            return entry.hash == hash && entry.hasKey(key) ? entry : null;
        }
        if (word instanceof Overflow<K, V> overflow) {
            return overflow.find(hash, key);
        }
        return null;
    }
}
