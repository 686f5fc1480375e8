package dev.situ.socket;

import dev.situ.udp.UdpQueue;
import dev.situ.udp.UdpStack;
import java.util.ArrayList;
import java.util.List;

/// Threads that poll all queues of a stack, and sleep when there is nothing to do, until they are closed.
final class Poller implements AutoCloseable {
    private static final int EMPTY_POLLS = 50;
    private static final long SLEEP_NANOS = 10_000_000_000L;

    private final UdpStack stack;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;

    Poller(UdpStack stack) {
        this.stack = stack;
        for (int i = 0; i < stack.queues(); i++) {
            UdpQueue queue = stack.queue(i);
            Thread thread = new Thread(() -> poll(queue), "poller " + i);
            threads.add(thread);
            thread.start();
        }
    }

    private void poll(UdpQueue queue) {
        int empty = 0;
        while (!stopped) {
            if (queue.poll() > 0) {
                empty = 0;
            } else if (++empty > EMPTY_POLLS) {
                queue.await(SLEEP_NANOS);
            }
        }
    }

    @Override
    public void close() {
        stopped = true;
        for (int i = 0; i < stack.queues(); i++) {
            stack.queue(i).wakeup();
        }
        for (Thread thread : threads) {
            join(thread);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while a poller stops", e);
        }
    }
}
