package dev.situ.server;

import dev.situ.store.StoreWorker;
import dev.situ.udp.UdpQueue;

/// The loop of one R2P2 worker: poll a burst, run it to completion inside one epoch, poll again; sleep in the
/// kernel when nothing has come for a while.
///
/// An epoch lasts as long as a poll, so that what the handlers append to replies by reference stays valid until the
/// poll has flushed it. A worker that sleeps is outside of any epoch and holds up no reclamation.
final class UdpWorker implements Runnable {
    /// Polls without a datagram before the worker sleeps. Waking up costs some 12 us, an empty poll a tenth of
    /// that: this many keep the round trip of a busy client that of spinning, and an idle server idle.
    private static final int EMPTY_POLLS = 50;

    /// How long a sleep lasts at most.
    private static final long SLEEP_NANOS = 100_000_000;

    private final UdpQueue queue;
    private final StoreWorker store;
    private final Ticker ticker;
    private final boolean busyPoll;
    private volatile boolean stopping;

    /// What a worker does between polls: time-outs of the protocol above, and what it sends slice by slice.
    interface Ticker {
        /// Whether there is more to send at once.
        boolean hasMore();

        /// Does what is due, and says after how many nanoseconds more will be.
        long tick();
    }

    UdpWorker(UdpQueue queue, StoreWorker store, Ticker ticker, boolean busyPoll) {
        this.queue = queue;
        this.store = store;
        this.ticker = ticker;
        this.busyPoll = busyPoll;
    }

    @Override
    public void run() {
        try {
            pollUntilStopped();
            finishInFlight();
        } finally {
            store.releaseBuffers(); // values of the store outlive the transport, its packets do not
        }
    }

    private void pollUntilStopped() {
        int empty = 0;
        while (!stopping) {
            if (pollOnce() > 0) {
                empty = 0;
            } else if (ticker.hasMore()) {
                empty = 0;
                ticker.tick();
            } else if (++empty >= EMPTY_POLLS) {
                empty = 0;
                long next = ticker.tick();
                queue.sender().flush();
                if (!busyPoll) {
                    queue.await(Math.min(next, SLEEP_NANOS));
                }
            } else {
                Thread.onSpinWait();
            }
        }
    }

    /// Ends the loop after the bursts that the kernel holds already. Any thread may call it.
    void stop() {
        stopping = true;
        queue.wakeup();
    }

    private int pollOnce() {
        store.enter();
        try {
            return queue.poll();
        } finally {
            store.exit();
        }
    }

    private void finishInFlight() {
        // Bounded: a sender that never stops must not keep the server from stopping.
        for (int i = 0; i < EMPTY_POLLS && pollOnce() > 0; i++) {
            Thread.onSpinWait();
        }
    }
}
