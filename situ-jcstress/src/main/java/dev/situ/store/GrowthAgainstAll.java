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
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.J_Result;

/// A bucket that moves, while it is read, written, and moved by another worker.
///
/// The old table has two buckets, of which one moves; so it never ends and nothing has to be retired.
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
        final Growth growth1 = Pieces.growth(index);
        final Growth growth2 = Pieces.growth(index);
        final Probe probe1 = new Probe(Pieces.MEMORY);
        final Probe probe2 = new Probe(Pieces.MEMORY);

        public Shared() {
            from.compareAndSetNext(to);
            putOld();
        }

        void putOld() {
            Words.setLongVolatile(Pieces.MEMORY, from.bucketOf(hash), Pieces.word(record));
        }

        void move(Growth growth) {
            growth.move(from, to, from.index(hash));
        }

        /// The loop of all writers.
        Table writable(Growth growth) {
            move(growth);
            return to;
        }

        boolean delete(Table table, Probe probe) {
            return Pieces.search(probe, table, record) == Probe.FOUND
                    && Words.compareAndSetLong(Pieces.MEMORY, probe.slot, probe.word, SlotWord.VACATED);
        }

        int members() {
            return Pieces.members(to.bucketOf(hash), record);
        }
    }

    @JCStressTest
    @Description("A key that stays is found by every reader while its bucket moves")
    @Outcome(id = "5", expect = ACCEPTABLE, desc = "found")
    @Outcome(expect = FORBIDDEN, desc = "lost")
    public static class Reader {
        @Actor
        public void read(Shared s, J_Result r) {
            long found = s.index.find(s.hash, Pieces.MEMORY, Record.keyOffset(s.record), 8);
            r.r1 = found == Record.NONE ? 0 : Pieces.value(found);
        }

        @Actor
        public void move(Shared s) {
            s.move(s.growth1);
        }
    }

    @JCStressTest
    @Description("A delete after the move is not undone by a helper that comes late")
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "deleted")
    @Outcome(expect = FORBIDDEN, desc = "back again")
    public static class LateHelper {
        @Actor
        public void deleter(Shared s) {
            s.delete(s.writable(s.growth1), s.probe1);
        }

        @Actor
        public void helper(Shared s) {
            s.move(s.growth2);
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
        public void deleter(Shared s) {
            s.delete(s.writable(s.growth1), s.probe1);
        }

        @Actor
        public void helper(Shared s) {
            long first = s.from.bucketOf(s.hash);
            if (!Bucket.isMoved(Bucket.overflow(Pieces.MEMORY, first))) {
                Growth.freezeWord(Pieces.MEMORY, first);
                long word = Words.getLongVolatile(Pieces.MEMORY, first);
                long target = s.to.bucketOf(s.hash);
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

    @JCStressTest
    @Description("An insert that meets the move ends in the new table, once")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "one record")
    @Outcome(expect = FORBIDDEN, desc = "lost, or twice")
    public static class Insert {
        @Actor
        public void insert(Absent s) {
            Table table = s.from;
            while (true) {
                int found = Pieces.search(s.probe1, table, s.fresh);
                if (found == Probe.FROZEN) {
                    table = s.writable(s.growth1);
                } else if (found == Probe.FOUND || s.probe1.insert(Pieces.word(s.fresh), s.fresh)) {
                    return;
                }
            }
        }

        @Actor
        public void move(Absent s) {
            s.move(s.growth2);
        }

        @Arbiter
        public void count(Absent s, I_Result r) {
            s.move(s.growth2);
            r.r1 = s.members();
        }
    }

    @JCStressTest
    @Description("An update or delete in the old table either precedes the move or is done in the new one")
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "deleted")
    @Outcome(expect = FORBIDDEN, desc = "still there")
    public static class Delete {
        @Actor
        public void delete(Shared s) {
            if (!s.delete(s.from, s.probe1)) {
                s.delete(s.writable(s.growth1), s.probe1);
            }
        }

        @Actor
        public void move(Shared s) {
            s.move(s.growth2);
        }

        @Arbiter
        public void count(Shared s, I_Result r) {
            s.move(s.growth2);
            r.r1 = s.members();
        }
    }

    /// The same without the record in the old table.
    @State
    public static class Absent extends Shared {
        @Override
        void putOld() {}
    }
}
