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

/// A reader of a record, while another worker unlinks it, and frees it (here: poisons it) as soon as it may.
///
/// Result: 0 not found, 1 the value, -1 the reader read freed memory.
public final class ReaderAgainstFree {
    private ReaderAgainstFree() {}

    @State
    public static class Shared {
        final long piece = Pieces.take();
        final long slot = piece;
        final Epochs epochs = new Epochs(Pieces.MEMORY, piece + 512, 2);
        final long record = Pieces.record(piece + 256, 1, 1);
        final long word = Pieces.word(record);

        public Shared() {
            epochs.register();
            epochs.register();
            Words.setLongVolatile(Pieces.MEMORY, slot, word);
        }

        long load() {
            return SlotWord.reference(Words.getLongAcquire(Pieces.MEMORY, slot));
        }

        boolean unlink() {
            return Words.compareAndSetLong(Pieces.MEMORY, slot, word, SlotWord.VACATED);
        }

        /// What the limbo does, at the earliest moment at which it may.
        void freeWhenOver() {
            long epoch = epochs.advance();
            if (epochs.oldest() > epoch) {
                Pieces.poison(record);
            }
        }

        void freeWhenOverAndUnpinned() {
            long epoch = epochs.advance();
            if (epochs.oldest() > epoch && Record.pins(Pieces.MEMORY, record) == 0) {
                Pieces.poison(record);
            }
        }
    }

    @JCStressTest
    @Description("A record found inside an epoch is not freed in it")
    @Outcome(
            id = {"0", "1"},
            expect = ACCEPTABLE,
            desc = "absent, or the value")
    @Outcome(expect = FORBIDDEN, desc = "freed memory")
    public static class InsideTheEpoch {
        @Actor
        public void read(Shared s, J_Result r) {
            s.epochs.enter(0);
            long found = s.load();
            r.r1 = found == Record.NONE ? 0 : Pieces.value(found);
            s.epochs.exit(0);
        }

        @Actor
        public void delete(Shared s) {
            s.unlink();
            s.freeWhenOver();
        }
    }

    @JCStressTest
    @Description("WEAKER: the reader enters without a fence")
    @Outcome(
            id = {"0", "1"},
            expect = ACCEPTABLE,
            desc = "absent, or the value")
    @Outcome(id = "-1", expect = ACCEPTABLE_INTERESTING, desc = "the window that the fence of enter closes")
    public static class WeakerNoFence {
        @Actor
        public void read(Shared s, J_Result r) {
            long epoch = Words.getLongAcquire(Pieces.MEMORY, s.piece + 512);
            Words.setLongRelease(Pieces.MEMORY, s.piece + 512 + 128, epoch);
            long found = s.load();
            r.r1 = found == Record.NONE ? 0 : Pieces.value(found);
            s.epochs.exit(0);
        }

        @Actor
        public void delete(Shared s) {
            s.unlink();
            s.freeWhenOver();
        }
    }

    @JCStressTest
    @Description("WEAKER: no epoch, a count raised after the load, as in the thesis's AtomicBox")
    @Outcome(
            id = {"0", "1"},
            expect = ACCEPTABLE,
            desc = "absent, or the value")
    @Outcome(id = "-1", expect = ACCEPTABLE_INTERESTING, desc = "freed between the load and the count")
    public static class WeakerCountAfterLoad {
        @Actor
        public void read(Shared s, J_Result r) {
            long found = s.load();
            if (found != Record.NONE) {
                Record.addPins(Pieces.MEMORY, found, 1);
                r.r1 = Pieces.value(found);
                Record.addPins(Pieces.MEMORY, found, -1);
            }
        }

        @Actor
        public void delete(Shared s) {
            s.unlink();
            if (Record.pins(Pieces.MEMORY, s.record) == 0) {
                Pieces.poison(s.record);
            }
        }
    }

    @JCStressTest
    @Description("A record pinned inside an epoch is not freed after it")
    @Outcome(
            id = {"0", "1"},
            expect = ACCEPTABLE,
            desc = "absent, or the value")
    @Outcome(expect = FORBIDDEN, desc = "freed memory")
    public static class Pinned {
        @Actor
        public void read(Shared s, J_Result r) {
            s.epochs.enter(0);
            long found = s.load();
            if (found != Record.NONE) {
                Record.addPins(Pieces.MEMORY, found, 1);
            }
            s.epochs.exit(0);
            if (found != Record.NONE) {
                r.r1 = Pieces.value(found);
                Record.addPins(Pieces.MEMORY, found, -1);
            }
        }

        @Actor
        public void delete(Shared s) {
            s.unlink();
            s.freeWhenOverAndUnpinned();
        }
    }

    @JCStressTest
    @Description("WEAKER: pins are not looked at")
    @Outcome(
            id = {"0", "1"},
            expect = ACCEPTABLE,
            desc = "absent, or the value")
    @Outcome(id = "-1", expect = ACCEPTABLE_INTERESTING, desc = "freed under a pin")
    public static class WeakerPinIgnored {
        @Actor
        public void read(Shared s, J_Result r) {
            s.epochs.enter(0);
            long found = s.load();
            s.epochs.exit(0);
            if (found != Record.NONE) {
                r.r1 = Pieces.value(found);
            }
        }

        @Actor
        public void delete(Shared s) {
            s.unlink();
            s.freeWhenOver();
        }
    }
}
