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
import org.openjdk.jcstress.infra.results.II_Result;

/// One worker writes two words alone, while another reads them in a burst: it sees both or none.
public final class AloneAgainstBurst {
    private static final long VALUES = 512; // in a piece, behind the words of two workers

    private AloneAgainstBurst() {}

    @State
    public static class Two {
        final long piece = Pieces.take();
        final Exclusion exclusion = new Exclusion(Pieces.MEMORY, piece);

        void arrive(int worker, boolean fenced) {
            exclusion.arrive(worker);
            if (fenced) {
                Words.fullFence();
            }
            while (exclusion.isHeldByAnother(worker)) {
                exclusion.leave(worker);
                exclusion.await();
                exclusion.arrive(worker);
                if (fenced) {
                    Words.fullFence();
                }
            }
        }

        void read(II_Result r) {
            r.r1 = (int) Words.getLong(Pieces.MEMORY, piece + VALUES);
            r.r2 = (int) Words.getLong(Pieces.MEMORY, piece + VALUES + 8);
        }

        void write() {
            Words.fullFence(); // as entering an epoch does
            exclusion.begin(1, () -> 2);
            Words.setLong(Pieces.MEMORY, piece + VALUES, 1);
            Words.setLong(Pieces.MEMORY, piece + VALUES + 8, 1);
            exclusion.end(1);
            exclusion.leave(1);
        }
    }

    @JCStressTest
    @Description("Arrive, fence, look; take the word, look who is there")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "the burst was first")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the section was first")
    @Outcome(expect = FORBIDDEN, desc = "half of it was seen")
    public static class Fenced {
        @Actor
        public void burst(Two s, II_Result r) {
            s.arrive(0, true);
            s.read(r);
            s.exclusion.leave(0);
        }

        @Actor
        public void alone(Two s) {
            s.write();
        }
    }

    @JCStressTest
    @Description("WEAKER: no fence between arriving and looking at the holder")
    @Outcome(
            id = {"0, 0", "1, 1"},
            expect = ACCEPTABLE)
    @Outcome(
            id = {"0, 1", "1, 0"},
            expect = ACCEPTABLE_INTERESTING,
            desc = "neither saw the other")
    public static class WeakerNoFence {
        @Actor
        public void burst(Two s, II_Result r) {
            s.arrive(0, false);
            s.read(r);
            s.exclusion.leave(0);
        }

        @Actor
        public void alone(Two s) {
            s.write();
        }
    }
}
