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
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/// A worker leaves what it retired to the others, while another takes what was left before: each record is freed, and
/// once.
public final class AbandonAgainstAdopt {
    private AbandonAgainstAdopt() {}

    @State
    public static class Left {
        final long piece = Pieces.take();
        final Epochs epochs = new Epochs(Pieces.MEMORY, piece, 1);
        final AtomicLong orphans = new AtomicLong();
        final AtomicLong orphanBytes = new AtomicLong();
        final long first = StressWorker.current().record(piece, 1);
        final long second = StressWorker.current().record(piece + 1, 2);

        public Left() {
            leave(first);
        }

        void leave(long record) {
            Limbo limbo = StressWorker.current().limbo(epochs, orphans, orphanBytes);
            limbo.retireRecord(record);
            limbo.abandon();
        }

        void adopt() {
            Limbo limbo = StressWorker.current().limbo(epochs, orphans, orphanBytes);
            limbo.adoptOrphans();
            limbo.reclaim();
            limbo.abandon();
        }

        int freed() {
            return (StressWorker.isFree(first, piece) ? 1 : 0) + (StressWorker.isFree(second, piece + 1) ? 1 : 0);
        }
    }

    @JCStressTest
    @Description("What is left by one while another adopts is freed, all of it")
    @Outcome(id = "2, 0", expect = ACCEPTABLE, desc = "both are free, and none is counted as left")
    @Outcome(expect = FORBIDDEN, desc = "lost, or counted wrong")
    public static class TakenByExchange {
        @Actor
        public void leave(Left s) {
            s.leave(s.second);
        }

        @Actor
        public void adopt(Left s) {
            s.adopt();
        }

        @Arbiter
        public void rest(Left s, II_Result r) {
            s.adopt();
            r.r1 = s.freed();
            r.r2 = (int) (s.orphans.get() + s.orphanBytes.get());
        }
    }

    /// Two chunks, by their offsets, whose first word links them.
    @State
    public static class Chunks {
        final AtomicLong orphans = new AtomicLong();
        final long first = Pieces.take();
        final long second = Pieces.take();

        public Chunks() {
            push(first);
        }

        void push(long chunk) {
            long top;
            do {
                top = orphans.get();
                Words.setLong(Pieces.MEMORY, chunk, top);
            } while (!orphans.compareAndSet(top, chunk));
        }

        static int count(long top) {
            int chunks = 0;
            for (long chunk = top; chunk != 0; chunk = Words.getLong(Pieces.MEMORY, chunk)) {
                chunks++;
            }
            return chunks;
        }
    }

    @JCStressTest
    @Description("WEAKER: the list is read, then emptied")
    @Outcome(id = "2", expect = ACCEPTABLE, desc = "both are taken")
    @Outcome(id = "1", expect = ACCEPTABLE_INTERESTING, desc = "what was left between the two steps is lost")
    @Outcome(expect = FORBIDDEN)
    public static class WeakerGetThenSet {
        @Actor
        public void leave(Chunks s) {
            s.push(s.second);
        }

        @Actor
        public void adopt(Chunks s, I_Result r) {
            long top = s.orphans.get();
            s.orphans.set(0);
            r.r1 = Chunks.count(top);
        }

        @Arbiter
        public void rest(Chunks s, I_Result r) {
            r.r1 += Chunks.count(s.orphans.get());
        }
    }
}
