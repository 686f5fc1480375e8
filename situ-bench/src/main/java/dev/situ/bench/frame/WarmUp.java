package dev.situ.bench.frame;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// How long a system runs before it is measured: until three windows in a row agree within 5 %, and the compilers had
/// less than 2 % of their time, when those have done their work, and caches are as full as they will be.
///
/// Windows of a busy machine may agree by chance while the code is still interpreted, so a least number of
/// operations has to be done in any case: it takes some ten thousand until code is compiled by the last compiler.
///
/// @param leastOperations without which no measurement begins, unless they take ten seconds more than `mostNanos`
/// @param mostNanos after how long it is given up that windows agree; a busy machine never comes to rest
/// @param server the process whose compilers are to be still, besides those of this one: 0 if there is no other
public record WarmUp(long leastOperations, long mostNanos, long server) {
    private static final int AGREEING = 3;
    private static final double TOLERANCE = 0.05;
    private static final double STILL = 0.02;
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

    /// What ended with a window.
    private record Ended(double perSecond, long nanos, long compilerNanos) {}

    /// Of a system in this process.
    public WarmUp(long leastOperations, long mostNanos) {
        this(leastOperations, mostNanos, 0);
    }

    /// The same of a system in another process.
    public WarmUp with(long pid) {
        return new WarmUp(leastOperations, mostNanos, pid);
    }

    /// The same without a least number of operations: for a system that did them.
    public WarmUp again() {
        return new WarmUp(1, mostNanos, server);
    }

    /// What a child was told by [#into].
    public static WarmUp of(Parameters parameters) {
        return new WarmUp(
                parameters.longNumber("warmUpOperations"),
                TimeUnit.MILLISECONDS.toNanos(parameters.longNumber("warmUpMillis")),
                parameters.longNumber("warmUpServer"));
    }

    /// The parameters with those that tell a child how to warm up.
    public Parameters into(Parameters parameters) {
        return parameters
                .with("warmUpOperations", leastOperations)
                .with("warmUpMillis", TimeUnit.NANOSECONDS.toMillis(mostNanos))
                .with("warmUpServer", server);
    }

    /// Warms up.
    ///
    /// @return whether it ended because nothing changes any more, and not because it took too long
    public boolean run(Window window) throws Exception {
        return run(window, Compilers.of(ProcessHandle.current().pid(), server)::nanos);
    }

    /// @param compilers how much time they have had
    boolean run(Window window, LongSupplier compilers) throws Exception {
        ArrayDeque<Ended> last = new ArrayDeque<>();
        double operations = 0;
        long compilerNanos = compilers.getAsLong();
        long begin = System.nanoTime();
        long elapsed = 0;
        do {
            Pace pace = window.run();
            operations += pace.operations;
            long before = elapsed;
            long compilerBefore = compilerNanos;
            elapsed = System.nanoTime() - begin;
            compilerNanos = compilers.getAsLong();
            last.addLast(new Ended(pace.perSecond, elapsed - before, compilerNanos - compilerBefore));
            if (last.size() > AGREEING) {
                last.removeFirst();
            }
            if (operations >= leastOperations && last.size() == AGREEING && agree(last) && isStill(last)) {
                return true;
            }
        } while (last.size() < AGREEING
                || elapsed < mostNanos
                || (operations < leastOperations && elapsed - mostNanos < PATIENCE_NANOS));
        return false;
    }

    private static boolean agree(Collection<Ended> windows) {
        Spread spread = Spread.of(windows.stream().map(Ended::perSecond).toList());
        return spread.high() - spread.low() <= TOLERANCE * spread.high();
    }

    private static boolean isStill(Collection<Ended> windows) {
        long nanos = windows.stream().mapToLong(Ended::nanos).sum();
        return windows.stream().mapToLong(Ended::compilerNanos).sum() <= STILL * nanos;
    }
}
