package dev.situ.optimap;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/// Two threads insert one absent key. Results: what each found (0: nothing), and what is there in the end.
public class TwoInserts {
    private static final Integer KEY = 1;

    private TwoInserts() {}

    static int number(Integer value) {
        return value == null ? 0 : value;
    }

    @JCStressTest
    @State
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "the first inserted, the second found it")
    @Outcome(id = "2, 0, 2", expect = ACCEPTABLE, desc = "the second inserted, the first found it")
    @Outcome(expect = FORBIDDEN, desc = "both inserted, or neither")
    public static class OptiMapInserts {
        private final OptiMap<Integer, Integer> map = new OptiMap<>(OptiMapOptions.fixed(1));

        @Actor
        public void first(III_Result r) {
            r.r1 = number(map.putIfAbsent(KEY, 1));
        }

        @Actor
        public void second(III_Result r) {
            r.r2 = number(map.putIfAbsent(KEY, 2));
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = number(map.get(KEY));
        }
    }

    /// Weaker: looks first, and then inserts whatever has happened since.
    @JCStressTest
    @State
    @Outcome(
            id = {"0, 1, 1", "2, 0, 2"},
            expect = ACCEPTABLE,
            desc = "one inserted")
    @Outcome(
            id = {"0, 0, 1", "0, 0, 2"},
            expect = ACCEPTABLE_INTERESTING,
            desc = "both inserted: one value is lost")
    @Outcome(expect = FORBIDDEN)
    public static class LookThenInsert {
        private final OptiMap<Integer, Integer> map = new OptiMap<>(OptiMapOptions.fixed(1));

        @Actor
        public void first(III_Result r) {
            r.r1 = number(map.get(KEY));
            if (r.r1 == 0) {
                map.put(KEY, 1);
            }
        }

        @Actor
        public void second(III_Result r) {
            r.r2 = number(map.get(KEY));
            if (r.r2 == 0) {
                map.put(KEY, 2);
            }
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = number(map.get(KEY));
        }
    }
}
