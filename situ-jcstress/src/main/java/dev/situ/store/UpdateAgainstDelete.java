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
import org.openjdk.jcstress.infra.results.III_Result;

/// An update and a delete of one record: only one may retire it, or it would be freed twice.
///
/// Results: the update retired the old record; the delete retired it; members at the end.
public final class UpdateAgainstDelete {
    private UpdateAgainstDelete() {}

    @State
    public static class Shared {
        final long piece = Pieces.take();
        final Table table = new Table(piece, 0, false);
        final long old = Pieces.record(piece + 256, 1, 1);
        final long next = Pieces.record(piece + 320, 1, 2);
        final Probe probe1 = new Probe(Pieces.MEMORY);
        final Probe probe2 = new Probe(Pieces.MEMORY);

        public Shared() {
            Words.setLongVolatile(Pieces.MEMORY, piece, Pieces.word(old));
        }

        boolean update() {
            return Pieces.search(probe1, table, old) == Probe.FOUND
                    && SlotWord.reference(probe1.word) == old
                    && Words.compareAndSetLong(Pieces.MEMORY, probe1.slot, probe1.word, Pieces.word(next));
        }
    }

    @JCStressTest
    @Description("Update and delete by compare-and-set: one of them gets the old record")
    @Outcome(
            id = {"1, 0, 1", "0, 1, 0"},
            expect = ACCEPTABLE,
            desc = "one of them")
    @Outcome(expect = FORBIDDEN, desc = "both, or neither")
    public static class CompareAndSet {
        @Actor
        public void update(Shared s, III_Result r) {
            r.r1 = s.update() ? 1 : 0;
        }

        @Actor
        public void delete(Shared s, III_Result r) {
            r.r2 = Pieces.search(s.probe2, s.table, s.old) == Probe.FOUND
                            && SlotWord.reference(s.probe2.word) == s.old
                            && Words.compareAndSetLong(Pieces.MEMORY, s.probe2.slot, s.probe2.word, SlotWord.VACATED)
                    ? 1
                    : 0;
        }

        @Arbiter
        public void count(Shared s, III_Result r) {
            r.r3 = Pieces.members(s.piece, s.old);
        }
    }

    @JCStressTest
    @Description("WEAKER: the delete writes without comparing")
    @Outcome(
            id = {"1, 0, 1", "0, 1, 0"},
            expect = ACCEPTABLE,
            desc = "one of them")
    @Outcome(
            id = {"1, 1, 0", "1, 1, 1"},
            expect = ACCEPTABLE_INTERESTING,
            desc = "both retire it: freed twice")
    @Outcome(expect = FORBIDDEN, desc = "neither")
    public static class WeakerWrite {
        @Actor
        public void update(Shared s, III_Result r) {
            r.r1 = s.update() ? 1 : 0;
        }

        @Actor
        public void delete(Shared s, III_Result r) {
            if (Pieces.search(s.probe2, s.table, s.old) == Probe.FOUND && SlotWord.reference(s.probe2.word) == s.old) {
                Words.setLongVolatile(Pieces.MEMORY, s.probe2.slot, SlotWord.VACATED);
                r.r2 = 1;
            }
        }

        @Arbiter
        public void count(Shared s, III_Result r) {
            r.r3 = Pieces.members(s.piece, s.old);
        }
    }
}
