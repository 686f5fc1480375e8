package dev.situ.optimap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Growth step by step, with helpers that stop where it hurts most.
class GrowthTest {
    private static final int LENGTH = 64;

    private final Table<Integer, String> table = new Table<>(LENGTH);
    private final Growth<Integer, String> growth = new Growth<>(table, new Table<>(2 * LENGTH));

    private void put(int key) {
        int hash = Word.hash(key);
        int index = hash & (LENGTH - 1);
        Word<Integer, String> word = Buckets.get(table.buckets, index);
        Word<Integer, String> next = Overflow.with(word, null, new BucketEntry<>(hash, key, "v" + key));
        assertThat(Buckets.compareAndSet(table.buckets, index, word, next)).isTrue();
    }

    private Word<Integer, String> moved(int index) {
        return Buckets.get(growth.to.buckets, index);
    }

    @Test
    void entriesGoToTheBucketThatTheirHashNames() {
        for (int key = 0; key < 1000; key++) {
            put(key);
        }
        while (!growth.help()) {
            // one stride more
        }
        for (int key = 0; key < 1000; key++) {
            int hash = Word.hash(key);
            assertThat(Word.find(moved(hash & (2 * LENGTH - 1)), hash, key).value())
                    .isEqualTo("v" + key);
            assertThat(Word.find(moved((hash & (2 * LENGTH - 1)) ^ LENGTH), hash, key))
                    .isNull();
        }
    }

    @Test
    void aHelperThatNeverComesBackWithItsStrideDelaysNobody() {
        put(1);
        assertThat(growth.claim()).isZero(); // and now this thread sleeps for ever
        int steps = 0;
        while (!growth.help()) {
            assertThat(++steps).isLessThan(2 * LENGTH / Growth.STRIDE);
        }
        assertThat(moved(1)).isNotNull();
    }

    @Test
    void aHelperThatSleptWhileItFilledABucketDoesNotBringBackWhatWasRemovedSince() {
        put(1);
        put(1 + LENGTH);
        Word<Integer, String> list = Buckets.get(table.buckets, 1);
        Moved<Integer, String> done = new Moved<>(growth.to.buckets);
        Moved<Integer, String> frozen = new Moved<>(list, done);
        assertThat(Buckets.compareAndSet(table.buckets, 1, list, frozen)).isTrue();
        while (!growth.help()) {
            // others finish the whole growth
        }
        Word<Integer, String> filled = moved(1);
        BucketEntry<Integer, String> entry = Word.find(filled, Word.hash(1), 1);
        assertThat(entry.compareAndSet(entry.value(), null)).isTrue();
        assertThat(Buckets.compareAndSet(growth.to.buckets, 1, filled, Overflow.without(filled, entry)))
                .isTrue();

        frozen.finish(table.buckets, 1); // now the sleeper wakes up

        assertThat(Word.find(moved(1), Word.hash(1), 1)).isNull();
        assertThat(Word.find(moved(1 + LENGTH), Word.hash(1 + LENGTH), 1 + LENGTH))
                .isNotNull();
    }

    @Test
    void aReaderFindsKeysOfABucketThatIsFrozenButNotYetFilled() {
        put(1);
        Word<Integer, String> list = Buckets.get(table.buckets, 1);
        Moved<Integer, String> frozen = new Moved<>(list, new Moved<>(growth.to.buckets));
        assertThat(Word.find(frozen.successor(1), Word.hash(1), 1)).isNotNull();
        assertThat(Word.find(frozen.successor(1), Word.hash(2), 2)).isNull();
    }

    @Test
    void aTableIsOutgrownByMoreThanThreeKeysForFourBuckets() {
        assertThat(table.outgrownBy(48)).isFalse();
        assertThat(table.outgrownBy(49)).isTrue();
        assertThat(new Table<>(1).outgrownBy(1)).isFalse();
        assertThat(new Table<>(1).outgrownBy(2)).isTrue();
    }

    @Test
    void ifTheThreadThatAllocatesIsGoneOthersDoSoWhenTheTableIsOverdue() {
        Table<Integer, String> small = new Table<>(4);
        assertThat(small.claim()).isTrue(); // and now this thread sleeps for ever
        assertThat(small.grow(4)).isNull();
        assertThat(small.grow(7)).isNull();
        assertThat(small.grow(8)).isNotNull();
    }
}
