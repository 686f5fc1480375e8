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
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/// A map grows while other threads insert and remove in the bucket that moves.
public class GrowthAgainstBoth {
    private GrowthAgainstBoth() {}

    static <K> int find(Word<K, Integer>[] buckets, int index, K key) {
        BucketEntry<K, Integer> entry = Word.find(Buckets.get(buckets, index), Word.hash(key), key);
        return entry == null ? 0 : TwoInserts.number(entry.value());
    }

    /// A map of one bucket and one key: the insert of a second makes it grow, while a third is inserted.
    /// Results: what is there of the two in the end, and how many keys there are.
    @JCStressTest
    @State
    @Outcome(id = "2, 3, 3", expect = ACCEPTABLE, desc = "both were inserted")
    @Outcome(expect = FORBIDDEN, desc = "one was lost, or the first")
    public static class InsertIntoGrowth {
        private final OptiMap<Integer, Integer> map = new OptiMap<>(OptiMapOptions.startingWith(1));

        public InsertIntoGrowth() {
            map.put(1, 1);
        }

        @Actor
        public void insert() {
            map.put(2, 2);
        }

        @Actor
        public void insertAnother() {
            map.putIfAbsent(3, 3);
        }

        @Arbiter
        public void after(III_Result r) {
            r.r1 = TwoInserts.number(map.get(2));
            r.r2 = TwoInserts.number(map.get(3));
            r.r3 = map.keySet().toArray().length;
        }
    }

    /// The same, while the first key is removed. Results: what was removed, what is there of it in the end, and
    /// how many keys there are.
    @JCStressTest
    @State
    @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "removed, and the other inserted")
    @Outcome(expect = FORBIDDEN, desc = "the removed key came back, or the other was lost")
    public static class RemoveFromGrowth {
        private final OptiMap<Integer, Integer> map = new OptiMap<>(OptiMapOptions.startingWith(1));

        public RemoveFromGrowth() {
            map.put(1, 1);
        }

        @Actor
        public void grow() {
            map.put(2, 2);
        }

        @Actor
        public void remove(III_Result r) {
            r.r1 = TwoInserts.number(map.remove(1));
        }

        @Arbiter
        public void after(III_Result r) {
            r.r2 = TwoInserts.number(map.get(1));
            r.r3 = map.keySet().toArray().length;
        }
    }

    /// A key that stays is found by a reader at every moment of a growth, and never with a value older than one
    /// that was read before.
    @JCStressTest
    @State
    @Outcome(
            id = {"1, 1", "1, 5", "5, 5"},
            expect = ACCEPTABLE,
            desc = "the old value, then the new one")
    @Outcome(expect = FORBIDDEN, desc = "not found, or an older value after a newer one")
    public static class ReadThroughGrowth {
        private final OptiMap<Integer, Integer> map = new OptiMap<>(OptiMapOptions.startingWith(1));

        public ReadThroughGrowth() {
            map.put(1, 1);
        }

        @Actor
        public void grow() {
            map.put(2, 2);
            map.put(1, 5);
            map.put(3, 3);
        }

        @Actor
        public void read(II_Result r) {
            r.r1 = TwoInserts.number(map.get(1));
            r.r2 = TwoInserts.number(map.get(1));
        }
    }

    /// Weaker: the bucket is copied without being frozen first.
    @JCStressTest
    @State
    @Outcome(
            id = {"1, 2"},
            expect = ACCEPTABLE,
            desc = "both keys have moved")
    @Outcome(
            id = {"1, 0"},
            expect = ACCEPTABLE_INTERESTING,
            desc = "a key that was inserted after the copy is lost")
    @Outcome(expect = FORBIDDEN)
    public static class CopyWithoutFreezing {
        private final Word<Integer, Integer>[] from = Buckets.create(1);
        private final Word<Integer, Integer>[] to = Buckets.create(2);

        public CopyWithoutFreezing() {
            Buckets.compareAndSet(from, 0, null, new BucketEntry<>(Word.hash(1), 1, 1));
        }

        @Actor
        public void move() {
            Word<Integer, Integer> word = Buckets.get(from, 0);
            Moved<Integer, Integer> done = new Moved<>(to);
            new Moved<>(word, done).finish(from, 0);
            while (!Buckets.compareAndSet(from, 0, Buckets.get(from, 0), done)) {
                Thread.onSpinWait();
            }
        }

        @Actor
        public void insert() {
            BucketEntry<Integer, Integer> added = new BucketEntry<>(Word.hash(2), 2, 2);
            while (true) {
                Word<Integer, Integer> word = Buckets.get(from, 0);
                if (word instanceof Moved) {
                    Buckets.compareAndSet(to, 0, null, added);
                    return;
                }
                if (Buckets.compareAndSet(from, 0, word, Overflow.with(word, null, added))) {
                    return;
                }
            }
        }

        @Arbiter
        public void after(II_Result r) {
            r.r1 = find(to, 1, 1);
            r.r2 = find(to, 0, 2);
        }
    }

    /// Weaker: a bucket goes back to `null` when its last key is removed. A helper that is late then fills it
    /// once more.
    @JCStressTest
    @State
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "the key stays removed")
    @Outcome(id = "1", expect = ACCEPTABLE_INTERESTING, desc = "the late helper brought the removed key back")
    @Outcome(expect = FORBIDDEN)
    public static class BackToNull {
        private final Word<Integer, Integer>[] from = Buckets.create(1);
        private final Word<Integer, Integer>[] to = Buckets.create(2);
        private final Moved<Integer, Integer> frozen =
                new Moved<>(new BucketEntry<>(Word.hash(1), 1, 1), new Moved<>(to));

        public BackToNull() {
            Buckets.compareAndSet(from, 0, null, frozen);
        }

        @Actor
        public void lateHelper() {
            frozen.finish(from, 0);
        }

        @Actor
        public void remove() {
            frozen.finish(from, 0);
            Word<Integer, Integer> word = Buckets.get(to, 1);
            Buckets.compareAndSet(to, 1, word, null);
        }

        @Arbiter
        public void after(I_Result r) {
            r.r1 = find(to, 1, 1);
        }
    }
}
