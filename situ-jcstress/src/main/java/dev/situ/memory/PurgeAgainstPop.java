package dev.situ.memory;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// The two lists of slabs with free cells, from which workers take slabs while a purge moves them from one to the other
/// and back.
public final class PurgeAgainstPop {
    private PurgeAgainstPop() {}

    /// Two slabs with one free cell each, in the second list, where a purge has put them.
    @State
    public static class Two {
        final SlabPieces pieces = new SlabPieces();
        final int first = pieces.slab();
        final int second = pieces.slab();

        public Two() {
            pieces.free(first, 0);
            pieces.free(second, 0);
            pieces.allocator.purge(SlabPieces.CLASS);
        }

        int pop() {
            return pieces.allocator.popPartial(SlabPieces.CLASS);
        }
    }

    @JCStressTest
    @Description("Who needs a cell finds a slab while a purge has the other in its hands")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "found, and the other is still there")
    @Outcome(expect = FORBIDDEN, desc = "not found, lost, or there twice")
    public static class Findable {
        @Actor
        public void pop(Two s, II_Result r) {
            r.r1 = s.pop();
        }

        @Actor
        public void purge(Two s) {
            s.pieces.allocator.purge(SlabPieces.CLASS);
        }

        @Arbiter
        public void rest(Two s, II_Result r) {
            int other = s.pop();
            r.r2 = other != r.r1 && other != PageRuns.NONE && s.pop() == PageRuns.NONE ? 1 : 0;
            r.r1 = r.r1 == PageRuns.NONE ? 0 : 1;
        }
    }

    @JCStressTest
    @Description("WEAKER: one look at each list")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "found")
    @Outcome(id = "0, 0", expect = ACCEPTABLE_INTERESTING, desc = "moved to the first list after it was looked at")
    @Outcome(expect = FORBIDDEN)
    public static class WeakerOneLook {
        @Actor
        public void pop(Two s, II_Result r) {
            r.r1 = s.pieces.pop(0) != PageRuns.NONE || s.pieces.pop(1) != PageRuns.NONE ? 1 : 0;
        }

        @Actor
        public void purge(Two s) {
            s.pieces.allocator.purge(SlabPieces.CLASS);
        }
    }

    @JCStressTest
    @Description("A slab that is taken off and put back while another takes it is taken once: the tag of the list")
    @Outcome(id = "2, 0", expect = ACCEPTABLE, desc = "two slabs, none of them twice")
    @Outcome(expect = FORBIDDEN, desc = "lost, or there twice")
    public static class PutBack {
        @Actor
        public void pop(Taken s) {
            s.popped = s.pop();
        }

        @Actor
        public void popTwoPutOneBack(Taken s) {
            int slab = s.pop();
            s.kept = s.pop();
            if (slab != PageRuns.NONE) {
                long taken = s.pieces.allocator.takeCells(slab);
                s.pieces.free(slab, Anchor.first(taken));
            }
        }

        @Arbiter
        public void rest(Taken s, II_Result r) {
            int[] slabs = {s.popped, s.kept, s.pop(), s.pop()};
            count(slabs, r);
        }
    }

    /// What the two threads took.
    @State
    public static class Taken extends Two {
        int popped;
        int kept;
    }

    static void count(int[] slabs, II_Result r) {
        for (int i = 0; i < slabs.length; i++) {
            r.r1 += slabs[i] != PageRuns.NONE ? 1 : 0;
            for (int j = 0; j < i; j++) {
                r.r2 += slabs[i] != PageRuns.NONE && slabs[i] == slabs[j] ? 1 : 0;
            }
        }
    }

    /// WEAKER: the same list without a tag. Elements 1 and 2; 2 is on top.
    @State
    public static class Untagged {
        final AtomicInteger head = new AtomicInteger(2);
        final AtomicIntegerArray next = new AtomicIntegerArray(new int[] {0, 0, 1});
        int popped;
        int kept;

        int pop() {
            while (true) {
                int top = head.get();
                if (top == 0 || head.compareAndSet(top, next.get(top))) {
                    return top;
                }
            }
        }

        void push(int element) {
            int top;
            do {
                top = head.get();
                next.set(element, top);
            } while (!head.compareAndSet(top, element));
        }
    }

    @JCStressTest
    @Description("WEAKER: the list has no tag")
    @Outcome(id = "2, 0", expect = ACCEPTABLE, desc = "two elements, none of them twice")
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "the second element is taken by both")
    public static class WeakerUntagged {
        @Actor
        public void pop(Untagged s) {
            s.popped = s.pop();
        }

        @Actor
        public void popTwoPutOneBack(Untagged s) {
            int element = s.pop();
            s.kept = s.pop();
            if (element != 0) {
                s.push(element);
            }
        }

        @Arbiter
        public void rest(Untagged s, II_Result r) {
            count(new int[] {s.popped, s.kept, s.pop(), s.pop()}, r);
        }
    }
}
