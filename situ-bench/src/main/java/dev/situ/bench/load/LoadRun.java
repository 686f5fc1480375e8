package dev.situ.bench.load;

import dev.situ.bench.frame.Numbers;
import dev.situ.bench.frame.Schedule;
import dev.situ.bench.frame.WarmUp;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// Runs a load: stores the keys, warms up, measures, and says how it goes once a second.
///
/// ```
///   caller     fill │ warm up: windows until three agree │ measure: a line a second │ wait for what is under way
///   load-0..   fill │ step, step, step ...................................................│ step until all answered
/// ```
final class LoadRun {
    private static final int DIGITS = 3;
    private static final long SHORTEST_WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long LONGEST_WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    /// So many windows of a warm-up are there at least in the time that it may take.
    private static final int WINDOWS = 6;

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(6);
    /// Without which a warm-up does not end, if it may take a second or more; else a part of them.
    private static final long LEAST_OPERATIONS = 50_000;

    private final LoadPlan plan;
    private final PrintStream progress;
    private final CountDownLatch filled;
    private final CountDownLatch start = new CountDownLatch(1);
    private final List<Worker> workers = new ArrayList<>();
    private final List<Future<?>> ends = new ArrayList<>();
    private volatile boolean stopping;

    private LoadRun(LoadPlan plan, PrintStream progress) {
        this.plan = plan;
        this.progress = progress;
        filled = new CountDownLatch(plan.threads());
    }

    /// Runs a load.
    ///
    /// @param progress gets a line a second
    /// @throws IOException if the server cannot be reached, or is lost
    static LoadReport run(LoadPlan plan, PrintStream progress) throws IOException, InterruptedException {
        return new LoadRun(plan, progress).run();
    }

    private LoadReport run() throws IOException, InterruptedException {
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(
                Thread.ofPlatform().name("load-", 0).daemon().factory())) {
            try {
                for (int i = 0; i < plan.threads(); i++) {
                    Worker worker = new Worker(i);
                    workers.add(worker);
                    ends.add(threads.submit(worker));
                }
                while (!filled.await(100, TimeUnit.MILLISECONDS)) {
                    requireAlive();
                }
                start.countDown();
                boolean steady = warmUp();
                return measure(steady);
            } finally {
                stopping = true;
                start.countDown();
            }
        }
    }

    private boolean warmUp() throws IOException, InterruptedException {
        double mostSeconds = plan.warmUpNanos() / 1e9;
        double least = Math.min(1, mostSeconds) * LEAST_OPERATIONS;
        if (plan.isOpen()) {
            least = Math.min(least, plan.perSecond() * mostSeconds);
        }
        try {
            return new WarmUp((long) least, plan.warmUpNanos()).run(this::window);
        } catch (IOException | InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("a window throws nothing else", e);
        }
    }

    /// The pace of a closed loop is its throughput. That of an open one is given; there it is the median latency.
    private WarmUp.Pace window() throws IOException, InterruptedException {
        long before = ended();
        long begin = System.nanoTime();
        sleepUntil(begin + Math.clamp(plan.warmUpNanos() / WINDOWS, SHORTEST_WINDOW_NANOS, LONGEST_WINDOW_NANOS));
        requireAlive();
        long operations = ended() - before;
        double perSecond = operations * 1e9 / (System.nanoTime() - begin);
        double median = takeLatencies().getValueAtPercentile(50);
        return new WarmUp.Pace(operations, plan.isOpen() ? median : perSecond);
    }

    private LoadReport measure(boolean steady) throws IOException, InterruptedException {
        Histogram latencies = new Histogram(DIGITS);
        Histogram lags = new Histogram(DIGITS);
        takeLatencies();
        takeLags();
        Map<Answer, Long> before = answers();
        long begin = System.nanoTime();
        long last = begin;
        long errors = errors();
        while (last - begin < plan.nanos()) {
            sleepUntil(Math.min(last + TimeUnit.SECONDS.toNanos(1), begin + plan.nanos()));
            requireAlive();
            long now = System.nanoTime();
            Histogram interval = takeLatencies();
            latencies.add(interval);
            lags.add(takeLags());
            progress.println("load " + Math.round((now - begin) / 1e9) + " s: "
                    + Numbers.text(interval.getTotalCount() * 1e9 / (now - last)) + " requests a second, "
                    + LoadReport.percentiles(interval) + ", errors " + (errors() - errors));
            last = now;
        }
        stopping = true;
        double seconds = (last - begin) / 1e9;
        Map<Answer, Long> answers = answers();
        before.forEach((answer, count) -> answers.merge(answer, -count, Long::sum));
        for (Future<?> end : ends) {
            await(end);
        }
        // What was under way at the end was due within the time: its latencies count, too.
        latencies.add(takeLatencies());
        long unanswered =
                workers.stream().mapToLong(worker -> worker.unanswered).sum();
        long unsent = workers.stream().mapToLong(worker -> worker.unsent).sum();
        return new LoadReport(plan, seconds, answers, latencies, lags, unanswered, unsent, steady);
    }

    private static void sleepUntil(long nanos) throws InterruptedException {
        for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
            TimeUnit.NANOSECONDS.sleep(left);
        }
    }

    private void requireAlive() throws IOException, InterruptedException {
        for (Future<?> end : ends) {
            if (end.isDone()) {
                await(end);
                throw new IOException("a thread of the load has ended");
            }
        }
    }

    private static void await(Future<?> end) throws IOException, InterruptedException {
        try {
            end.get();
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNull(e.getCause());
            throw new IOException(String.valueOf(cause.getMessage()), cause);
        }
    }

    private long ended() {
        return workers.stream().mapToLong(worker -> worker.tally().ended()).sum();
    }

    private Map<Answer, Long> answers() {
        Map<Answer, Long> all = new EnumMap<>(Answer.class);
        for (Worker worker : workers) {
            for (Answer answer : Answer.values()) {
                all.merge(answer, worker.tally().answered(answer), Long::sum);
            }
        }
        return all;
    }

    private long errors() {
        Map<Answer, Long> all = answers();
        return all.getOrDefault(Answer.ERROR, 0L) + all.getOrDefault(Answer.FAILED, 0L);
    }

    private Histogram takeLatencies() {
        Histogram all = new Histogram(DIGITS);
        workers.forEach(worker -> all.add(worker.tally().takeLatencies()));
        return all;
    }

    private Histogram takeLags() {
        Histogram all = new Histogram(DIGITS);
        workers.forEach(worker -> all.add(worker.tally().takeLags()));
        return all;
    }

    /// One thread of the load.
    private final class Worker implements Runnable {
        private final int number;
        private volatile Tally tally = new Tally();
        private volatile long unanswered;
        private volatile long unsent;

        Worker(int number) {
            this.number = number;
        }

        Tally tally() {
            return tally;
        }

        @Override
        public void run() {
            int connections = plan.connections() / plan.threads();
            try (LoadLoop loop = new LoadLoop(
                    plan.target().open(connections, plan.slotsAThread()),
                    plan.workload(),
                    plan.slotsAThread(),
                    number,
                    plan.threads())) {
                tally = loop.tally();
                if (plan.fill()) {
                    loop.fill(number, plan.threads());
                }
                filled.countDown();
                start.await();
                loop.begin(Schedule.startingNow(plan.perSecond() / plan.threads()), Long.MAX_VALUE);
                while (!stopping) {
                    loop.stepOrYield();
                }
                unsent = loop.end();
                long deadline = System.nanoTime() + PATIENCE_NANOS;
                while (loop.underWay() > 0 && System.nanoTime() - deadline < 0) {
                    loop.stepOrYield();
                }
                unanswered = loop.underWay();
            } catch (IOException e) {
                throw new IllegalStateException(plan.target() + " cannot be reached: " + e.getMessage(), e);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
