package dev.situ.store;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.situ.memory.Words;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.J_Result;

/// A reader that finds a key through the index, while another worker updates it, retires the old record and frees it
/// through its limbo.
///
/// Result: 1 the old value, 2 the new one, 0 not found, -1 the reader was left with freed memory.
public final class ReaderAgainstUpdate {
    private ReaderAgainstUpdate() {}

    /// A table of one bucket with one key.
    public abstract static class Keyed {
        final long piece = Pieces.take();
        final Table table = new Table(piece, 0, false);
        final Index index = new Index(Pieces.MEMORY, Pieces.HASHER, table);
        final long old;
        final long next = Pieces.record(piece + 256, piece, 2);
        final long hash = Pieces.hash(next);
        final Probe probe = new Probe(Pieces.MEMORY);

        Keyed(boolean cell) {
            old = cell ? StressWorker.current().record(piece, 1) : Pieces.record(piece + 512, piece, 1);
            Words.setLongVolatile(Pieces.MEMORY, piece, Pieces.word(old));
        }

        long read() {
            long found = index.find(hash, 0, Pieces.MEMORY, Record.keyOffset(Pieces.MEMORY, next), 8);
            return found == Record.NONE ? 0 : StressWorker.keptValue(found, piece);
        }

        void update() {
            Pieces.search(probe, table, next);
            Words.compareAndSetLong(Pieces.MEMORY, probe.slot, probe.word, Pieces.word(next));
        }
    }

    /// The old record in a cell of the allocator.
    @State
    public static class InCell extends Keyed {
        public InCell() {
            super(true);
        }
    }

    /// The old record in the state's piece.
    @State
    public static class InPiece extends Keyed {
        public InPiece() {
            super(false);
        }
    }

    @JCStressTest
    @Description("Who finds a key inside the epoch has its old value or its new one, whole, until the epoch ends")
    @Outcome(
            id = {"1", "2"},
            expect = ACCEPTABLE,
            desc = "the old value, or the new one")
    @Outcome(expect = FORBIDDEN, desc = "not found, or freed memory")
    public static class ThroughLimbo {
        @Actor
        public void read(InCell s, J_Result r) {
            StressWorker worker = StressWorker.current();
            worker.enter();
            r.r1 = s.read();
            worker.exit();
        }

        @Actor
        public void update(InCell s) {
            s.update();
            StressWorker.current().retireAndReclaim(s.old);
        }
    }

    @JCStressTest
    @Description("WEAKER: the old record is freed at once")
    @Outcome(
            id = {"1", "2"},
            expect = ACCEPTABLE,
            desc = "the old value, or the new one")
    @Outcome(id = "-1", expect = ACCEPTABLE_INTERESTING, desc = "the window that the limbo closes")
    @Outcome(expect = FORBIDDEN, desc = "not found")
    public static class WeakerFreeAtOnce {
        @Actor
        public void read(InPiece s, J_Result r) {
            StressWorker worker = StressWorker.current();
            worker.enter();
            r.r1 = s.read();
            worker.exit();
        }

        @Actor
        public void update(InPiece s) {
            s.update();
            StressWorker.markFree(s.old);
        }
    }
}
