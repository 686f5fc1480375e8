package dev.situ.bench.frame;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Repeats a short measurement until it was made often enough at each distance that is wanted, or the time is up. What
/// began at one distance and ended at another is thrown away.
public final class DistanceWindows implements AutoCloseable {
    static final String CPU = "distanceCpu";
    static final String WANTED = "distances";
    static final String PATIENCE = "distanceMillis";
    /// The distance is not to be measured.
    static final int NO_CPU = -1;

    /// How long it is tried to measure often enough at any distance, once no distance is waited for.
    private static final long RESTLESS_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Supplier<Distance> distance;
    private final Runnable close;
    private final Set<Distance> wanted;
    private final int windows;
    private final long patienceNanos;

    /// @param close what ends the measuring of distances
    DistanceWindows(
            Supplier<Distance> distance, Runnable close, Set<Distance> wanted, int windows, long patienceNanos) {
        this.distance = distance;
        this.close = close;
        this.wanted = wanted;
        this.windows = windows;
        this.patienceNanos = patienceNanos;
    }

    /// What a child was told by [SameDistance#into].
    ///
    /// @param windows how often it is measured at each distance, at least
    public static DistanceWindows of(Parameters parameters, int windows) {
        int cpu = parameters.number(CPU);
        Set<Distance> wanted = parse(parameters.text(WANTED));
        long patienceNanos = TimeUnit.MILLISECONDS.toNanos(parameters.longNumber(PATIENCE));
        if (cpu == NO_CPU) {
            return new DistanceWindows(() -> Distance.UNKNOWN, () -> {}, wanted, windows, patienceNanos);
        }
        DistanceMeter meter = DistanceMeter.to(cpu);
        return new DistanceWindows(meter::measure, meter::close, wanted, windows, patienceNanos);
    }

    private static Set<Distance> parse(String list) {
        Set<Distance> all = EnumSet.noneOf(Distance.class);
        for (String name : list.isEmpty() ? new String[0] : list.split(",", -1)) {
            all.add(Distance.valueOf(name.toUpperCase(Locale.ROOT)));
        }
        return all;
    }

    /// Measures.
    ///
    /// @return what came of each distance at which the window was made often enough; if that was nowhere within a
    ///     minute, of each at which it was made; if none began and ended at one, all, of an unknown one
    public <T> Map<Distance, List<T>> run(Callable<T> window) throws Exception {
        Map<Distance, List<T>> found = new EnumMap<>(Distance.class);
        List<T> moved = new ArrayList<>();
        long begin = System.nanoTime();
        Distance before = distance.get();
        do {
            T result = window.call();
            Distance after = distance.get();
            (after == before ? found.computeIfAbsent(after, _ -> new ArrayList<>()) : moved).add(result);
            before = after;
        } while (isTooLittle(found, System.nanoTime() - begin));
        if (found.isEmpty()) {
            found.put(Distance.UNKNOWN, moved);
        }
        Set<Distance> often = often(found);
        if (!often.isEmpty()) {
            found.keySet().retainAll(often);
        }
        return found;
    }

    private <T> boolean isTooLittle(Map<Distance, List<T>> found, long elapsed) {
        Set<Distance> often = often(found);
        return often.isEmpty()
                ? elapsed < patienceNanos + RESTLESS_NANOS
                : !often.containsAll(wanted) && elapsed < patienceNanos;
    }

    /// The distances at which it was measured often enough.
    private <T> Set<Distance> often(Map<Distance, List<T>> found) {
        Set<Distance> often = EnumSet.noneOf(Distance.class);
        found.forEach((distance, results) -> {
            if (results.size() >= windows) {
                often.add(distance);
            }
        });
        return often;
    }

    @Override
    public void close() {
        close.run();
    }
}
