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

/// Two inserts of one absent key, while another key leaves the slot where theirs would go: so the two may take
/// different slots.
public final class TwoInserts {
    private TwoInserts() {}

    @State
    public static class Shared {
        final long piece = Pieces.take();
        final Table table = new Table(piece, 0, false);
        final long other = Pieces.record(piece + 256, 7, 7);
        final long first = Pieces.record(piece + 320, 1, 1);
        final long second = Pieces.record(piece + 384, 1, 2);
        final long slot = Bucket.slot(piece, SlotWord.home(Pieces.word(first)), 0);
        final Probe probe1 = new Probe(Pieces.MEMORY);
        final Probe probe2 = new Probe(Pieces.MEMORY);

        public Shared() {
            Words.setLongVolatile(Pieces.MEMORY, slot, Pieces.word(other));
        }

        void deleteOther() {
            Words.compareAndSetLong(Pieces.MEMORY, slot, Pieces.word(other), SlotWord.VACATED);
        }

        void insert(Probe probe, long record) {
            while (Pieces.search(probe, table, record) == Probe.ABSENT) {
                if (probe.insert(Pieces.word(record), record)) {
                    return;
                }
            }
        }

        void insertAtOnce(Probe probe, long record) {
            while (Pieces.search(probe, table, record) == Probe.ABSENT) {
                if (Words.compareAndSetLong(Pieces.MEMORY, probe.vacant, probe.vacantWord, Pieces.word(record))) {
                    return;
                }
            }
        }
    }

    @JCStressTest
    @Description("Two-phase inserts of one absent key end as one record")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "one record")
    @Outcome(expect = FORBIDDEN, desc = "none, or two")
    public static class TwoPhases {
        @Actor
        public void one(Shared s) {
            s.insert(s.probe1, s.first);
        }

        @Actor
        public void two(Shared s) {
            s.deleteOther();
            s.insert(s.probe2, s.second);
        }

        @Arbiter
        public void count(Shared s, I_Result r) {
            r.r1 = Pieces.members(s.piece, s.first);
        }
    }

    @JCStressTest
    @Description("WEAKER: inserts in one phase")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "one record")
    @Outcome(id = "2", expect = ACCEPTABLE_INTERESTING, desc = "the window that the second phase closes")
    @Outcome(expect = FORBIDDEN, desc = "none")
    public static class WeakerOnePhase {
        @Actor
        public void one(Shared s) {
            s.insertAtOnce(s.probe1, s.first);
        }

        @Actor
        public void two(Shared s) {
            s.deleteOther();
            s.insertAtOnce(s.probe2, s.second);
        }

        @Arbiter
        public void count(Shared s, I_Result r) {
            r.r1 = Pieces.members(s.piece, s.first);
        }
    }
}
