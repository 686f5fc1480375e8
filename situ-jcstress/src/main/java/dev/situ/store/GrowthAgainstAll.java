package dev.situ.store;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.situ.memory.Words;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.JI_Result;
import org.openjdk.jcstress.infra.results.J_Result;

/// A bucket that moves, while its key is read, inserted, updated, deleted, and moved by another worker.
///
/// The old table has two buckets, of which one moves; so the growth never ends and the table is not retired.
public final class GrowthAgainstAll {
    private GrowthAgainstAll() {}

    @State
    public static class Shared {
        final long piece = Pieces.take();
        final Table from = new Table(piece, 1, false);
        final Table to = new Table(piece + 128, 2, false);
        final Index index = new Index(Pieces.MEMORY, Pieces.HASHER, from);
        final long record = Pieces.record(piece + 512, 1, 5);
        final long fresh = Pieces.record(piece + 576, 1, 6);
        final long hash = Pieces.hash(record);
        final Probe probe1 = new Probe(Pieces.MEMORY);
        final Probe probe2 = new Probe(Pieces.MEMORY);

        public Shared() {
            from.compareAndSetNext(to);
            putOld();
        }

        void putOld() {
            Words.setLongVolatile(Pieces.MEMORY, from.bucketOf(hash), Pieces.word(record));
        }

        void move() {
            StressWorker.current().growth(index).move(from, to, from.index(hash));
        }

        /// Where a writer goes that met a frozen word.
        Table writable() {
            move();
            return to;
        }

        /// WEAKER: copies what it sees, and marks, but freezes nothing.
        void moveWithoutFreezing() {
            long first = from.bucketOf(hash);
            for (int i = 0; i < Bucket.SLOTS; i++) {
                long word = Words.getLongVolatile(Pieces.MEMORY, Bucket.slot(first, i));
                if (SlotWord.isMember(word)) {
                    long place = Bucket.slot(to.bucketOf(hash), SlotWord.home(word), 0);
                    Words.compareAndSetLong(Pieces.MEMORY, place, 0, word);
                }
            }
            markMoved();
        }

        void markMoved() {
            Words.setLongVolatile(Pieces.MEMORY, Bucket.overflowSlot(from.bucketOf(hash)), Bucket.MOVED);
        }

        /// The table that readers use, and writers if nothing is ever frozen.
        Table unmoved() {
            return Bucket.isMoved(Bucket.overflow(Pieces.MEMORY, from.bucketOf(hash))) ? to : from;
        }

        /// The loop of an update or delete that begins in `table`: puts `word` in the place of the record's.
        boolean replace(Table table, Probe probe, long word) {
            Table current = table;
            while (true) {
                int found = Pieces.search(probe, current, record);
                if (found == Probe.FROZEN) {
                    current = writable();
                } else if (found == Probe.ABSENT) {
                    return false;
                } else if (Words.compareAndSetLong(Pieces.MEMORY, probe.slot, probe.word, word)) {
                    return true;
                }
            }
        }

        /// The loop of an insert that begins in `table`.
        void insert(Table table, Probe probe, long record) {
            Table current = table;
            while (true) {
                int found = Pieces.search(probe, current, record);
                if (found == Probe.FROZEN) {
                    current = writable();
                } else if (found == Probe.FOUND || probe.insert(Pieces.word(record), record)) {
                    return;
                }
            }
        }

        long find() {
            long found = index.find(hash, 0, Pieces.MEMORY, Record.keyOffset(Pieces.MEMORY, record), 8);
            return found == Record.NONE ? 0 : Pieces.value(found);
        }

        int members() {
            return Pieces.members(to.bucketOf(hash), record);
        }
    }

    /// The same without the record in the old table.
    @State
    public static class Absent extends Shared {
        @Override
        void putOld() {}
    }

    // ---- read -----------------------------------------------------------------------------------------------------

    @JCStressTest
    @Description("A key that stays is found by every reader while its bucket moves")
    @Outcome(id = "5", expect = ACCEPTABLE, desc = "found")
    @Outcome(expect = FORBIDDEN, desc = "lost")
    public static class Read {
        @Actor
        public void read(Shared s, J_Result r) {
            r.r1 = s.find();
        }

        @Actor
        public void move(Shared s) {
            s.move();
        }
    }

    @JCStressTest
    @Description("WEAKER: the bucket is marked moved before it is copied")
    @Outcome(id = "5", expect = ACCEPTABLE, desc = "found")
    @Outcome(id = "0", expect = ACCEPTABLE_INTERESTING, desc = "not there yet")
    @Outcome(expect = FORBIDDEN)
    public static class WeakerReadMarkedEarly {
        @Actor
        public void read(Shared s, J_Result r) {
            r.r1 = s.find();
        }

        @Actor
        public void move(Shared s) {
            s.markMoved();
            s.moveWithoutFreezing();
        }
    }

    /// The key in an overflow bucket of the chain that moves: a cell, which the move retires.
    @State
    public static class Chained extends Shared {
        long chained;

        @Override
        void putOld() {
            chained = StressWorker.current().bucket();
            Words.setLongVolatile(Pieces.MEMORY, chained, Pieces.word(record));
            Words.setLongVolatile(Pieces.MEMORY, Bucket.overflowSlot(from.bucketOf(hash)), chained);
        }
    }

    @JCStressTest
    @Description("A reader inside its epoch gets through an overflow bucket that the move retires and frees")
    @Outcome(id = "5", expect = ACCEPTABLE, desc = "found")
    @Outcome(expect = FORBIDDEN, desc = "lost in a freed bucket")
    public static class ReadOverflow {
        @Actor
        public void read(Chained s, J_Result r) {
            StressWorker worker = StressWorker.current();
            worker.enter();
            r.r1 = s.find();
            worker.exit();
        }

        @Actor
        public void move(Chained s) {
            StressWorker worker = StressWorker.current();
            worker.enter();
            s.move();
            worker.exit();
            worker.sealAndReclaim();
        }
    }

    @JCStressTest
    @Description("WEAKER: the overflow bucket is freed at once")
    @Outcome(id = "5", expect = ACCEPTABLE, desc = "found")
    @Outcome(id = "0", expect = ACCEPTABLE_INTERESTING, desc = "lost in a freed bucket")
    @Outcome(expect = FORBIDDEN)
    public static class WeakerReadFreedOverflow {
        @Actor
        public void read(Chained s, J_Result r) {
            StressWorker worker = StressWorker.current();
            worker.enter();
            r.r1 = s.find();
            worker.exit();
        }

        @Actor
        public void move(Chained s) {
            Words.compareAndSetLong(Pieces.MEMORY, s.to.bucketOf(s.hash), 0, Pieces.word(s.record));
            s.markMoved();
            StressWorker.current().cache.free(s.chained);
        }
    }

    // ---- insert ---------------------------------------------------------------------------------------------------

    @JCStressTest
    @Description("An insert that meets the move ends in the new table, once")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "one record")
    @Outcome(expect = FORBIDDEN, desc = "lost, or twice")
    public static class Insert {
        @Actor
        public void insert(Absent s) {
            s.insert(s.from, s.probe1, s.fresh);
        }

        @Actor
        public void move(Absent s) {
            s.move();
        }

        @Arbiter
        public void count(Absent s, I_Result r) {
            s.move();
            r.r1 = s.members();
        }
    }

    @JCStressTest
    @Description("Of two inserts of one key, in the old table and in the new, one record is left")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "one record")
    @Outcome(expect = FORBIDDEN, desc = "lost, or twice")
    public static class TwoInserts {
        @Actor
        public void insertOld(Absent s) {
            s.insert(s.from, s.probe1, s.fresh);
        }

        @Actor
        public void insertNew(Absent s) {
            s.insert(s.writable(), s.probe2, s.record);
        }

        @Arbiter
        public void count(Absent s, I_Result r) {
            r.r1 = s.members();
        }
    }

    @JCStressTest
    @Description("WEAKER: the bucket is copied without being frozen first; insert")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "one record")
    @Outcome(id = "0", expect = ACCEPTABLE_INTERESTING, desc = "inserted after the copy: lost")
    @Outcome(expect = FORBIDDEN, desc = "twice")
    public static class WeakerInsertUnfrozen {
        @Actor
        public void insert(Absent s) {
            s.insert(s.unmoved(), s.probe1, s.fresh);
        }

        @Actor
        public void move(Absent s) {
            s.moveWithoutFreezing();
        }

        @Arbiter
        public void count(Absent s, I_Result r) {
            r.r1 = s.members();
        }
    }

    // ---- update ---------------------------------------------------------------------------------------------------

    @JCStressTest
    @Description("An update in the old table either precedes the move or is done in the new one")
    @Outcome(id = "6, 1", expect = ACCEPTABLE, desc = "the new value, once")
    @Outcome(expect = FORBIDDEN, desc = "the old value, lost, or twice")
    public static class Update {
        @Actor
        public void update(Shared s) {
            s.replace(s.from, s.probe1, Pieces.word(s.fresh));
        }

        @Actor
        public void move(Shared s) {
            s.move();
        }

        @Arbiter
        public void count(Shared s, JI_Result r) {
            s.move();
            r.r1 = s.find();
            r.r2 = s.members();
        }
    }

    @JCStressTest
    @Description("WEAKER: the bucket is copied without being frozen first; update")
    @Outcome(id = "6, 1", expect = ACCEPTABLE, desc = "the new value, once")
    @Outcome(id = "5, 1", expect = ACCEPTABLE_INTERESTING, desc = "updated after the copy: the old value is back")
    @Outcome(expect = FORBIDDEN)
    public static class WeakerUpdateUnfrozen {
        @Actor
        public void update(Shared s) {
            s.replace(s.unmoved(), s.probe1, Pieces.word(s.fresh));
        }

        @Actor
        public void move(Shared s) {
            s.moveWithoutFreezing();
        }

        @Arbiter
        public void count(Shared s, JI_Result r) {
            r.r1 = s.find();
            r.r2 = s.members();
        }
    }

    // ---- delete ---------------------------------------------------------------------------------------------------

    @JCStressTest
    @Description("A delete in the old table either precedes the move or is done in the new one")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "deleted")
    @Outcome(expect = FORBIDDEN, desc = "not found, or still there")
    public static class Delete {
        @Actor
        public void delete(Shared s, II_Result r) {
            r.r1 = s.replace(s.from, s.probe1, SlotWord.VACATED) ? 1 : 0;
        }

        @Actor
        public void move(Shared s) {
            s.move();
        }

        @Arbiter
        public void count(Shared s, II_Result r) {
            s.move();
            r.r2 = s.members();
        }
    }

    @JCStressTest
    @Description("WEAKER: the bucket is copied without being frozen first; delete")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "deleted")
    @Outcome(id = "1, 1", expect = ACCEPTABLE_INTERESTING, desc = "deleted after the copy: back again")
    @Outcome(expect = FORBIDDEN)
    public static class WeakerDeleteUnfrozen {
        @Actor
        public void delete(Shared s, II_Result r) {
            r.r1 = s.replace(s.unmoved(), s.probe1, SlotWord.VACATED) ? 1 : 0;
        }

        @Actor
        public void move(Shared s) {
            s.moveWithoutFreezing();
        }

        @Arbiter
        public void count(Shared s, II_Result r) {
            r.r2 = s.members();
        }
    }

    @JCStressTest
    @Description("A delete after the move is not undone by a helper that comes late")
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "deleted")
    @Outcome(expect = FORBIDDEN, desc = "back again")
    public static class LateHelper {
        @Actor
        public void delete(Shared s) {
            s.replace(s.writable(), s.probe1, SlotWord.VACATED);
        }

        @Actor
        public void help(Shared s) {
            s.move();
        }

        @Arbiter
        public void count(Shared s, I_Result r) {
            r.r1 = s.members();
        }
    }

    @JCStressTest
    @Description("WEAKER: a helper copies into any slot without a record, not only into one never written")
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "deleted")
    @Outcome(id = "1", expect = ACCEPTABLE_INTERESTING, desc = "brought back by the late helper")
    @Outcome(expect = FORBIDDEN, desc = "twice")
    public static class WeakerLateHelper {
        @Actor
        public void delete(Shared s) {
            s.replace(s.writable(), s.probe1, SlotWord.VACATED);
        }

        @Actor
        public void help(Shared s) {
            long first = s.from.bucketOf(s.hash);
            if (!Bucket.isMoved(Bucket.overflow(Pieces.MEMORY, first))) {
                Growth.freezeWord(Pieces.MEMORY, first);
                long word = Words.getLongVolatile(Pieces.MEMORY, first);
                long target = Bucket.slot(s.to.bucketOf(s.hash), SlotWord.home(Pieces.word(s.record)), 0);
                long seen = Words.getLongVolatile(Pieces.MEMORY, target);
                if (SlotWord.reference(seen) == Record.NONE) {
                    Words.compareAndSetLong(Pieces.MEMORY, target, seen, SlotWord.arrived(word));
                }
            }
        }

        @Arbiter
        public void count(Shared s, I_Result r) {
            r.r1 = s.members();
        }
    }
}
