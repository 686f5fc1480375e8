package dev.situ.memory;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/// Cells come back to a slab from any thread while another takes all that are free, or gives the slab back when it is
/// empty: the anchor.
public final class FreeAgainstTake {
    private FreeAgainstTake() {}

    /// A slab of two cells, both out.
    @State
    public static class Out {
        final SlabPieces pieces = new SlabPieces();
        final int slab = pieces.slab();

        /// WEAKER: reads the anchor, then writes it.
        void freeWithoutCompare(int index) {
            long at = SlabAllocator.anchorOffset(slab);
            long old = Words.getLongVolatile(pieces.memory, at);
            int free = Anchor.free(old) + 1;
            Words.setLongVolatile(
                    pieces.memory, at, Anchor.returned(old, free == 2 ? Anchor.EMPTY : Anchor.PARTIAL, free, index));
        }
    }

    /// The same with one cell free, and so in its class's list.
    @State
    public static class OneFree extends Out {
        public OneFree() {
            pieces.free(slab, 0);
        }
    }

    @JCStressTest
    @Description("Two threads give a slab's last two cells back: both are there, and the pages are free after a purge")
    @Outcome(id = "2, 1, 0", expect = ACCEPTABLE, desc = "both cells, one empty slab, no page")
    @Outcome(expect = FORBIDDEN, desc = "a cell or a slab is lost")
    public static class TwoFrees {
        @Actor
        public void one(Out s) {
            s.pieces.free(s.slab, 0);
        }

        @Actor
        public void two(Out s) {
            s.pieces.free(s.slab, 1);
        }

        @Arbiter
        public void purge(Out s, III_Result r) {
            r.r1 = s.pieces.freeCells(s.slab);
            r.r2 = s.pieces.allocator.purge(SlabPieces.CLASS) ? 1 : 0;
            r.r3 = (int) s.pieces.allocator.allocatedBytes();
        }
    }

    @JCStressTest
    @Description("WEAKER: the anchor is written without comparing; two frees")
    @Outcome(id = "2, 0, 0", expect = ACCEPTABLE, desc = "both cells")
    @Outcome(id = "1, 0, 0", expect = ACCEPTABLE_INTERESTING, desc = "a cell is lost")
    @Outcome(expect = FORBIDDEN)
    public static class WeakerTwoFrees {
        @Actor
        public void one(Out s) {
            s.freeWithoutCompare(0);
        }

        @Actor
        public void two(Out s) {
            s.freeWithoutCompare(1);
        }

        @Arbiter
        public void count(Out s, III_Result r) {
            r.r1 = s.pieces.freeCells(s.slab);
        }
    }

    @JCStressTest
    @Description("A cell comes back while a worker takes what is free: taken or findable, and once")
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "one was taken, the other can be found")
    @Outcome(id = "2, 0, 0", expect = ACCEPTABLE, desc = "both were taken")
    @Outcome(expect = FORBIDDEN, desc = "a cell is lost, or there twice")
    public static class RemoteFree {
        @Actor
        public void free(OneFree s) {
            s.pieces.free(s.slab, 1);
        }

        @Actor
        public void take(OneFree s, III_Result r) {
            int slab = s.pieces.allocator.popPartial(SlabPieces.CLASS);
            r.r1 = Anchor.free(s.pieces.allocator.takeCells(slab));
        }

        @Arbiter
        public void rest(OneFree s, III_Result r) {
            r.r2 = s.pieces.freeCells(s.slab);
            r.r3 = s.pieces.allocator.popPartial(SlabPieces.CLASS) == s.slab ? 1 : 0;
        }
    }

    @JCStressTest
    @Description("WEAKER: the free cells are taken without comparing")
    @Outcome(
            id = {"1, 1, 1", "2, 0, 0"},
            expect = ACCEPTABLE,
            desc = "each cell once")
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "a cell is lost, or nobody finds it")
    public static class WeakerTake {
        @Actor
        public void free(OneFree s) {
            s.pieces.free(s.slab, 1);
        }

        @Actor
        public void take(OneFree s, III_Result r) {
            s.pieces.allocator.popPartial(SlabPieces.CLASS);
            long at = SlabAllocator.anchorOffset(s.slab);
            long old = Words.getLongVolatile(s.pieces.memory, at);
            Words.setLongVolatile(s.pieces.memory, at, Anchor.taken(old));
            r.r1 = Anchor.free(old);
        }

        @Arbiter
        public void rest(OneFree s, III_Result r) {
            r.r2 = s.pieces.freeCells(s.slab);
            r.r3 = s.pieces.allocator.popPartial(SlabPieces.CLASS) == s.slab ? 1 : 0;
        }
    }

    @JCStressTest
    @Description("The last cell comes back while a purge looks at the slab: it is given back, by one of the purges")
    @Outcome(
            id = {"1, 0, 0", "0, 1, 0"},
            expect = ACCEPTABLE,
            desc = "given back once, no page is left")
    @Outcome(expect = FORBIDDEN, desc = "lost, or given back twice")
    public static class PurgeAgainstLastFree {
        @Actor
        public void free(OneFree s) {
            s.pieces.free(s.slab, 1);
        }

        @Actor
        public void purge(OneFree s, III_Result r) {
            r.r1 = s.pieces.allocator.purge(SlabPieces.CLASS) ? 1 : 0;
        }

        @Arbiter
        public void rest(OneFree s, III_Result r) {
            r.r2 = s.pieces.allocator.purge(SlabPieces.CLASS) ? 1 : 0;
            r.r3 = (int) s.pieces.allocator.allocatedBytes() + s.pieces.allocator.slabs(SlabPieces.CLASS);
        }
    }
}
