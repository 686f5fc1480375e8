package dev.situ.optimap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A map of which a helper has frozen a bucket, and then fallen asleep: everyone else must get through.
class SleepingHelperTest {
    private static final int LENGTH = 64;

    private static final int KEY = 40;

    private final OptiMap<Integer, String> map = new OptiMap<>(OptiMapOptions.startingWith(LENGTH));
    private Moved<Integer, String> frozen;

    /// Keys 40 and 104 share bucket 40, and will not share it any more in the larger table. The bucket is none
    /// of those that the first helper moves.
    @BeforeEach
    void freeze() {
        map.put(KEY, "low");
        map.put(KEY + LENGTH, "high");
        Growth<Integer, String> growth = map.table().grow(0);
        Word<Integer, String> word = Buckets.get(map.buckets(), KEY);
        frozen = new Moved<>(word, new Moved<>(growth.to.buckets));
        assertThat(Buckets.compareAndSet(map.buckets(), KEY, word, frozen)).isTrue();
    }

    @AfterEach
    void structureIsSoundBeforeAndAfterTheSleeperGoesOn() {
        Invariants.check(map);
        frozen.finish(map.buckets(), KEY);
        Invariants.check(map);
    }

    @Test
    void aReaderReadsThrough() {
        assertThat(map.get(KEY)).isEqualTo("low");
        assertThat(map.get(KEY + LENGTH)).isEqualTo("high");
        assertThat(map.get(KEY + 2 * LENGTH)).isNull();
        assertThat(new ArrayList<>(map.keySet())).containsExactlyInAnyOrder(KEY, KEY + LENGTH);
        assertThat(Buckets.get(map.buckets(), KEY)).as("readers do not help").isSameAs(frozen);
    }

    @Test
    void anInsertFillsBothHalvesFirst() {
        map.put(KEY + 2 * LENGTH, "new");
        assertThat(map.get(KEY)).isEqualTo("low");
        assertThat(map.get(KEY + LENGTH)).isEqualTo("high");
    }

    @Test
    void aRemovalTakesEffectInTheLargerTable() {
        assertThat(map.remove(KEY)).isEqualTo("low");
        assertThat(map.containsKey(KEY)).isFalse();
        frozen.finish(map.buckets(), KEY);
        assertThat(map.containsKey(KEY)).isFalse();
        assertThat(map.putIfAbsent(KEY, "again")).isNull();
    }

    @Test
    void anUpdateNeedsNotWaitForTheBucketToMove() {
        assertThat(map.put(KEY, "new")).isEqualTo("low");
        assertThat(map.get(KEY)).isEqualTo("new");
        frozen.finish(map.buckets(), KEY);
        assertThat(map.get(KEY)).isEqualTo("new");
    }
}
