package dev.situ.optimap;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/// One thread adds 1 to the value 10, another removes the key. Results: the new value (0: the key was gone),
/// the value that was removed, and what is there in the end.
public class UpdateAgainstRemove {
    private static final Integer KEY = 1;

    private UpdateAgainstRemove() {}

    @JCStressTest
    @State
    @Outcome(id = "11, 11, 0", expect = ACCEPTABLE, desc = "updated, then removed")
    @Outcome(id = "0, 10, 0", expect = ACCEPTABLE, desc = "removed, then nothing to update")
    @Outcome(expect = FORBIDDEN, desc = "the update was lost, or brought the key back")
    public static class OptiMapUpdateAgainstRemove {
        private final OptiMap<Integer, Integer> map = new OptiMap<>(OptiMapOptions.fixed(1));

        public OptiMapUpdateAgainstRemove() {
            map.put(KEY, 10);
        }

        @Actor
        public void update(III_Result r) {
            r.r1 = TwoInserts.number(map.computeIfPresent(KEY, (key, value) -> value + 1));
        }

        @Actor
        public void remove(III_Result r) {
            r.r2 = TwoInserts.number(map.remove(KEY));
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = TwoInserts.number(map.get(KEY));
        }
    }

    /// Weaker: the entry is taken out of its bucket, but not killed first.
    @JCStressTest
    @State
    @Outcome(
            id = {"11, 11, 0", "0, 10, 0"},
            expect = ACCEPTABLE,
            desc = "one after the other")
    @Outcome(id = "11, 10, 0", expect = ACCEPTABLE_INTERESTING, desc = "an update that was confirmed is lost")
    @Outcome(expect = FORBIDDEN)
    public static class RemoveWithoutKilling {
        private final Word<Integer, Integer>[] buckets = Buckets.create(1);

        public RemoveWithoutKilling() {
            Buckets.compareAndSet(buckets, 0, null, new BucketEntry<>(Word.hash(KEY), KEY, 10));
        }

        @Actor
        public void update(III_Result r) {
            BucketEntry<Integer, Integer> entry = Word.find(Buckets.get(buckets, 0), Word.hash(KEY), KEY);
            Integer old = entry == null ? null : entry.value();
            r.r1 = old != null && entry.compareAndSet(old, old + 1) ? old + 1 : 0;
        }

        @Actor
        public void remove(III_Result r) {
            Word<Integer, Integer> word = Buckets.get(buckets, 0);
            BucketEntry<Integer, Integer> entry = Word.find(word, Word.hash(KEY), KEY);
            r.r2 = entry.value();
            Buckets.compareAndSet(buckets, 0, word, Overflow.without(word, entry));
        }

        @Arbiter
        public void after(III_Result r) {
            BucketEntry<Integer, Integer> entry = Word.find(Buckets.get(buckets, 0), Word.hash(KEY), KEY);
            r.r3 = entry == null ? 0 : entry.value();
        }
    }
}
