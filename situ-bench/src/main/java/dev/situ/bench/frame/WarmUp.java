package dev.situ.bench.frame;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/// How long a system runs before it is measured: until three windows in a row agree within 5 %, when the compiler
/// has done its work, and caches are as full as they will be.
///
/// Windows of a busy machine may agree by chance while the code is still interpreted, so a least number of
/// operations has to be done in any case: it takes some ten thousand until code is compiled by the last compiler.
///
/// @param leastOperations without which no measurement begins, unless they take ten seconds more than `mostNanos`
/// @param mostNanos after how long it is given up that windows agree; a busy machine never comes to rest
public record WarmUp(long leastOperations, long mostNanos) {
    private static final int AGREEING = 3;
    private static final double TOLERANCE = 0.05;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /// What one window has shown.
    ///
    /// @param operations that were done in it
    /// @param perSecond how fast, in any unit that stays the same
    public record Pace(double operations, double perSecond) {
        /// So many a second, for so long.
        public static Pace over(double perSecond, long nanos) {
            return new Pace(perSecond * nanos / 1e9, perSecond);
        }
    }

    /// A short measurement.
    public interface Window {
        /// Measures.
        Pace run() throws Exception;
    }

    /// What a child was told by [#into].
    public static WarmUp of(Parameters parameters) {
        return new WarmUp(
                parameters.longNumber("warmUpOperations"),
                TimeUnit.MILLISECONDS.toNanos(parameters.longNumber("warmUpMillis")));
    }

    /// The parameters with those that tell a child how to warm up.
    public Parameters into(Parameters parameters) {
        return parameters
                .with("warmUpOperations", leastOperations)
                .with("warmUpMillis", TimeUnit.NANOSECONDS.toMillis(mostNanos));
    }

    /// Warms up.
    ///
    /// @return whether the last three windows agreed, and the least number of operations was done
    public boolean run(Window window) throws Exception {
        ArrayDeque<Double> last = new ArrayDeque<>();
        double operations = 0;
        long begin = System.nanoTime();
        long elapsed;
        do {
            Pace pace = window.run();
            operations += pace.operations;
            last.addLast(pace.perSecond);
            if (last.size() > AGREEING) {
                last.removeFirst();
            }
            if (operations >= leastOperations && last.size() == AGREEING && agree(Spread.of(last))) {
                return true;
            }
            elapsed = System.nanoTime() - begin;
        } while (last.size() < AGREEING
                || elapsed < mostNanos
                || (operations < leastOperations && elapsed - mostNanos < PATIENCE_NANOS));
        return false;
    }

    private static boolean agree(Spread spread) {
        return spread.high() - spread.low() <= TOLERANCE * spread.high();
    }
}
