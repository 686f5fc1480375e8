package dev.situ.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class InsertedTest {
    @Test
    void theLatestIsTheLastBeforeWhichAllWereAnswered() {
        Inserted inserted = new Inserted(100, 0, 1);
        assertThat(inserted.latest(0)).isEqualTo(99);
        long a = inserted.next();
        long b = inserted.next();
        long c = inserted.next();
        assertThat(new long[] {a, b, c}).containsExactly(100, 101, 102);

        inserted.answered(b);
        assertThat(inserted.latest(0)).isEqualTo(99);
        inserted.answered(a);
        assertThat(inserted.latest(0)).isEqualTo(101);
        inserted.answered(c);
        assertThat(inserted.latest(0)).isEqualTo(102);
        assertThat(inserted.latest(2)).isEqualTo(100);
        assertThat(inserted.latest(3)).isEqualTo(99);
        assertThat(inserted.latest(1_000)).isZero();
    }

    @Test
    void threadsInsertKeysOfTheirOwn() {
        Inserted first = new Inserted(10, 0, 2);
        Inserted second = new Inserted(10, 1, 2);

        assertThat(new long[] {first.next(), first.next(), first.next()}).containsExactly(10, 12, 14);
        assertThat(new long[] {second.next(), second.next()}).containsExactly(11, 13);
        second.answered(11);
        assertThat(second.latest(0)).isEqualTo(11);
        assertThat(second.latest(1)).isEqualTo(9);
    }
}
