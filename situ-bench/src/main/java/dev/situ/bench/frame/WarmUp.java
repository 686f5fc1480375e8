package dev.situ.bench.frame;

import java.util.ArrayDeque;

/// Runs windows until three in a row agree within 5 %: then the compiler has done its work, and caches are as
/// full as they will be.
public final class WarmUp {
    private static final int AGREEING = 3;
    private static final double TOLERANCE = 0.05;

    /// A short measurement.
    public interface Window {
        /// Measures, and gives the throughput in any unit.
        double run() throws Exception;
    }

    private WarmUp() {}

    /// Warms up.
    ///
    /// @param most how long at most; a busy machine never comes to rest
    /// @return whether the last three windows agreed
    public static boolean run(Window window, long most) throws Exception {
        ArrayDeque<Double> last = new ArrayDeque<>();
        long begin = System.nanoTime();
        do {
            last.addLast(window.run());
            if (last.size() > AGREEING) {
                last.removeFirst();
            }
            if (last.size() == AGREEING && agree(Spread.of(last))) {
                return true;
            }
        } while (System.nanoTime() - begin < most || last.size() < AGREEING);
        return false;
    }

    private static boolean agree(Spread spread) {
        return spread.high() - spread.low() <= TOLERANCE * spread.high();
    }
}
