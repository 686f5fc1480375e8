package dev.situ.optimap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;

/// Checks everything that must be true of a map's structure while no operation is under way.
final class Invariants {
    private Invariants() {}

    /// Checks `map`:
    /// * every live key stands in the bucket that its hash names, exactly once, and is found there;
    /// * no dead entry is left in a bucket;
    /// * the number of keys, by counting and by `size`, is the same;
    /// * outside a growth no bucket is marked as moved; during one, every moved bucket leads to the larger
    ///   table.
    static <K, V> void check(OptiMap<K, V> map) {
        Table<K, V> table = map.table();
        assertThat(map.buckets()).as("where operations start").isSameAs(table.buckets);
        Growth<K, V> growth = table.growth;
        Map<K, V> found = new HashMap<>();
        int length = table.buckets.length;
        assertThat(Integer.bitCount(length)).as("buckets are a power of two").isEqualTo(1);
        for (int index = 0; index < length; index++) {
            Word<K, V> word = Buckets.get(table.buckets, index);
            if (word instanceof Moved<K, V> moved) {
                assertThat(growth).as("a bucket has moved, so the map grows").isNotNull();
                assertThat(moved.to).isSameAs(growth.to.buckets);
                checkWord(map, moved.successor(index), index, 2 * length, found);
                checkWord(map, moved.successor(index + length), index + length, 2 * length, found);
            } else {
                checkWord(map, word, index, length, found);
            }
        }
        assertThat(map.mappingCount()).as("size").isEqualTo(found.size());
        assertThat(new HashMap<>(map)).as("what an iteration sees").isEqualTo(found);
    }

    private static <K, V> void checkWord(OptiMap<K, V> map, Word<K, V> word, int index, int length, Map<K, V> found) {
        assertThat(word instanceof Moved).as("moved twice").isFalse();
        for (BucketEntry<K, V> entry : Overflow.entries(word)) {
            if (entry != null && (entry.hash & (length - 1)) == index) {
                V value = entry.value();
                assertThat(value)
                        .withFailMessage(
                                "entry of %s is dead, in bucket %d of %d, in %s, growing: %s",
                                entry.key, index, length, word, map.table().growth)
                        .isNotNull();
                assertThat(entry.hash).isEqualTo(Word.hash(entry.key));
                assertThat(found.put(entry.key, value))
                        .as("second entry of %s", entry.key)
                        .isNull();
                assertThat(map.get(entry.key)).as("get(%s)", entry.key).isSameAs(value);
            }
        }
    }
}
