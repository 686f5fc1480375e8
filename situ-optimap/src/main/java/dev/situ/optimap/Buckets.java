package dev.situ.optimap;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// The words of a table: the only place that reads or writes them, and with which memory mode.
///
/// A word is `null` (never written) or a [Word]. Loads are acquire: together with the nodes' final fields they
/// make everything behind a word visible. All stores are compare-and-sets.
final class Buckets {
    private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(Word[].class);

    private Buckets() {}

    @SuppressWarnings({"unchecked", "rawtypes"})
    static <K, V> Word<K, V>[] create(int length) {
        return new Word[length];
    }

    @SuppressWarnings("unchecked")
    static <K, V> @Nullable Word<K, V> get(Word<K, V>[] buckets, int index) {
        return (Word<K, V>) WORDS.getAcquire(buckets, index);
    }

    static <K, V> boolean compareAndSet(
            Word<K, V>[] buckets, int index, @Nullable Word<K, V> expected, Word<K, V> replacement) {
        return WORDS.compareAndSet(buckets, index, expected, replacement);
    }
}
