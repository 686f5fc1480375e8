package dev.situ.optimap;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// One thread uses a value, another removes it. Results: how often it was closed when the user had finished
/// with it (-1: it found none), and how often in the end.
public class HolderAgainstClose {
    private static final Integer KEY = 1;

    private HolderAgainstClose() {}

    @JCStressTest
    @State
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "open while held, closed once")
    @Outcome(id = "-1, 1", expect = ACCEPTABLE, desc = "removed before it could be held, closed once")
    @Outcome(expect = FORBIDDEN, desc = "closed while held, or twice, or never")
    public static class OwningMapHolder {
        private final OwningMap<Integer, AtomicInteger> map =
                new OwningMap<>(OptiMapOptions.fixed(1), AtomicInteger::incrementAndGet);
        private final AtomicInteger value = new AtomicInteger();

        public OwningMapHolder() {
            map.put(KEY, value);
        }

        @Actor
        public void use(II_Result r) {
            try (ValueHolder<AtomicInteger> holder = map.hold(KEY)) {
                r.r1 = holder == null ? -1 : holder.value().get();
            }
        }

        @Actor
        public void remove() {
            map.remove(KEY);
        }

        @Arbiter
        public void after(II_Result r) {
            r.r2 = value.get();
        }
    }

    /// Both threads close the holder that they share, and one removes the value.
    @JCStressTest
    @State
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "closed once")
    @Outcome(expect = FORBIDDEN, desc = "closed twice, or never")
    public static class OneHolderClosedTwice {
        private final OwningMap<Integer, AtomicInteger> map =
                new OwningMap<>(OptiMapOptions.fixed(1), AtomicInteger::incrementAndGet);
        private final AtomicInteger value = new AtomicInteger();
        private final ValueHolder<AtomicInteger> holder;

        public OneHolderClosedTwice() {
            map.put(KEY, value);
            holder = map.hold(KEY);
        }

        @Actor
        public void close() {
            holder.close();
        }

        @Actor
        public void closeTooAndRemove() {
            holder.close();
            map.remove(KEY);
        }

        @Arbiter
        public void after(II_Result r) {
            r.r2 = value.get();
        }
    }

    /// Weaker: what every ordinary map offers. Get the value and use it; whoever removes it closes it.
    @JCStressTest
    @State
    @Outcome(
            id = {"0, 1", "-1, 1"},
            expect = ACCEPTABLE,
            desc = "used before it was closed, or not found")
    @Outcome(id = "1, 1", expect = ACCEPTABLE_INTERESTING, desc = "used after it was closed")
    @Outcome(expect = FORBIDDEN)
    public static class GetThenUse {
        private final OptiMap<Integer, AtomicInteger> map = new OptiMap<>(OptiMapOptions.fixed(1));
        private final AtomicInteger value = new AtomicInteger();

        public GetThenUse() {
            map.put(KEY, value);
        }

        @Actor
        public void use(II_Result r) {
            AtomicInteger found = map.get(KEY);
            r.r1 = found == null ? -1 : found.get();
        }

        @Actor
        public void remove() {
            map.remove(KEY).incrementAndGet();
        }

        @Arbiter
        public void after(II_Result r) {
            r.r2 = value.get();
        }
    }
}
