package dev.situ.bench.frame;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// Some threads that do the same thing at the same time, each bound to a processor of its own as far as there are
/// enough. The same threads every time, so that what belongs to a thread may be kept.
public final class Crew implements AutoCloseable {
    /// What each thread does.
    public interface Body {
        /// Does it.
        ///
        /// @param member the number of the thread, from 0
        void run(int member) throws Exception;
    }

    private final List<ExecutorService> members = new ArrayList<>();

    /// Starts so many threads.
    public Crew(int size) {
        List<Integer> cpus = Cpus.allowed();
        for (int i = 0; i < size; i++) {
            int cpu = cpus.get(i % cpus.size());
            ExecutorService member = Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().name("crew-" + i).daemon().factory());
            member.execute(() -> Cpus.bindThread(cpu));
            members.add(member);
        }
    }

    /// How many threads there are.
    public int size() {
        return members.size();
    }

    /// Lets all threads run `body` and waits for them.
    ///
    /// @return nanoseconds from the moment when all were ready to the moment when the last was done
    public long run(Body body) throws InterruptedException {
        long[] begin = new long[1];
        CyclicBarrier start = new CyclicBarrier(size(), () -> begin[0] = System.nanoTime());
        AtomicInteger waiting = new AtomicInteger(size());
        List<Future<Long>> ends = new ArrayList<>();
        for (int i = 0; i < size(); i++) {
            int number = i;
            ends.add(members.get(i).submit(() -> {
                start.await();
                // A thread that slept at the barrier wakes up late; they go when the last is awake.
                waiting.decrementAndGet();
                while (waiting.get() > 0) {
                    Thread.onSpinWait();
                }
                long from = System.nanoTime();
                body.run(number);
                long to = System.nanoTime();
                synchronized (begin) {
                    begin[0] = Math.max(begin[0], from);
                }
                return to;
            }));
        }
        long last = Long.MIN_VALUE;
        for (Future<Long> end : ends) {
            try {
                last = Math.max(last, end.get());
            } catch (ExecutionException e) {
                throw new IllegalStateException("a measuring thread failed", e.getCause());
            }
        }
        return last - begin[0];
    }

    /// Ends the threads.
    @Override
    public void close() {
        members.forEach(ExecutorService::shutdownNow);
    }
}
