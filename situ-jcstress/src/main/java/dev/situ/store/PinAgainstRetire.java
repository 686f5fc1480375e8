package dev.situ.store;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.situ.memory.Words;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JI_Result;
import org.openjdk.jcstress.infra.results.J_Result;

/// A pin that is taken inside the epoch, against the worker that swings the slot to another record, retires the old
/// one and frees it as soon as its limbo lets it.
///
/// Result: 1 the old value, 2 the new one, -1 the reader was left with freed memory.
public final class PinAgainstRetire {
    private PinAgainstRetire() {}

    /// A slot that leads to `old`; how the old record lies in memory is the subclass's.
    public abstract static class Slot {
        final long piece = Pieces.take();
        final long old;
        final long next = Pieces.record(piece + 256, piece, 2);

        Slot(boolean cell) {
            old = cell ? StressWorker.current().record(piece, 1) : Pieces.record(piece + 512, piece, 1);
            Words.setLongVolatile(Pieces.MEMORY, piece, Pieces.word(old));
        }

        long load() {
            return SlotWord.reference(Words.getLongAcquire(Pieces.MEMORY, piece));
        }

        void swing() {
            Words.compareAndSetLong(Pieces.MEMORY, piece, Pieces.word(old), Pieces.word(next));
        }

        long readPinned() {
            return readPinned(StressWorker.EPOCHS, StressWorker.current().slot);
        }

        /// Reads after the epoch, under a pin that was taken inside it.
        long readPinned(Epochs epochs, int slot) {
            epochs.enter(slot);
            long found = load();
            Record.addPins(Pieces.MEMORY, found, 1);
            epochs.exit(slot);
            long value = StressWorker.keptValue(found, piece);
            Record.addPins(Pieces.MEMORY, found, -1);
            return value;
        }
    }

    /// The old record in a cell of the allocator, for those that really free it.
    @State
    public static class InCell extends Slot {
        public InCell() {
            super(true);
        }
    }

    /// The same with epochs and orphans of its own.
    @State
    public static class WithOrphans extends InCell {
        final Epochs epochs = new Epochs(Pieces.MEMORY, piece + 640, 1);
        final AtomicLong orphans = new AtomicLong();
        final AtomicLong orphanBytes = new AtomicLong();

        public WithOrphans() {
            epochs.register();
        }

        Limbo limbo() {
            return StressWorker.current().limbo(epochs, orphans, orphanBytes);
        }

        void adopt() {
            Limbo staying = limbo();
            staying.adoptOrphans();
            staying.reclaim();
            staying.abandon();
        }
    }

    /// The old record in the state's piece, for those that only mark it free.
    @State
    public static class InPiece extends Slot {
        public InPiece() {
            super(false);
        }
    }

    @JCStressTest
    @Description("A pin taken inside the epoch keeps the record from the limbo of who retired it")
    @Outcome(
            id = {"1", "2"},
            expect = ACCEPTABLE,
            desc = "the old value, or the new one")
    @Outcome(expect = FORBIDDEN, desc = "freed under a pin")
    public static class OwnerReclaims {
        @Actor
        public void read(InCell s, J_Result r) {
            r.r1 = s.readPinned();
        }

        @Actor
        public void update(InCell s) {
            s.swing();
            StressWorker.current().retireAndReclaim(s.old);
        }
    }

    @JCStressTest
    @Description("A pin keeps the record also from who adopts it, and it is freed when the pin is gone")
    @Outcome(
            id = {"1, 1", "2, 1"},
            expect = ACCEPTABLE,
            desc = "a value, and free in the end")
    @Outcome(expect = FORBIDDEN, desc = "freed under a pin, or never")
    public static class OrphanAdopted {
        @Actor
        public void read(WithOrphans s, JI_Result r) {
            r.r1 = s.readPinned(s.epochs, 0);
        }

        @Actor
        public void update(WithOrphans s) {
            s.swing();
            Limbo leaving = s.limbo();
            leaving.retireRecord(s.old);
            leaving.abandon();
            s.adopt();
        }

        @Arbiter
        public void free(WithOrphans s, JI_Result r) {
            s.adopt();
            r.r2 = StressWorker.isFree(s.old, s.piece) && s.orphans.get() == 0 ? 1 : 0;
        }
    }

    @JCStressTest
    @Description("WEAKER: the pin is taken after the epoch")
    @Outcome(
            id = {"1", "2"},
            expect = ACCEPTABLE,
            desc = "the old value, or the new one")
    @Outcome(id = "-1", expect = ACCEPTABLE_INTERESTING, desc = "freed before the pin")
    public static class WeakerPinAfterTheEpoch {
        @Actor
        public void read(InPiece s, J_Result r) {
            StressWorker worker = StressWorker.current();
            worker.enter();
            long found = s.load();
            worker.exit();
            Record.addPins(Pieces.MEMORY, found, 1);
            r.r1 = StressWorker.keptValue(found, s.piece);
            Record.addPins(Pieces.MEMORY, found, -1);
        }

        @Actor
        public void update(InPiece s) {
            s.swing();
            long epoch = StressWorker.EPOCHS.advance();
            if (StressWorker.EPOCHS.oldest() > epoch && Record.pins(Pieces.MEMORY, s.old) == 0) {
                StressWorker.markFree(s.old);
            }
        }
    }

    @JCStressTest
    @Description("WEAKER: the owner looks at the pins before it looks whether the epoch is over")
    @Outcome(
            id = {"1", "2"},
            expect = ACCEPTABLE,
            desc = "the old value, or the new one")
    @Outcome(id = "-1", expect = ACCEPTABLE_INTERESTING, desc = "pinned between the two looks")
    public static class WeakerPinsFirst {
        @Actor
        public void read(InPiece s, J_Result r) {
            r.r1 = s.readPinned();
        }

        @Actor
        public void update(InPiece s) {
            s.swing();
            boolean unpinned = Record.pins(Pieces.MEMORY, s.old) == 0;
            long epoch = StressWorker.EPOCHS.advance();
            if (StressWorker.EPOCHS.oldest() > epoch && unpinned) {
                StressWorker.markFree(s.old);
            }
        }
    }
}
