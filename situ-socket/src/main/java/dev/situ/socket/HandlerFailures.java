package dev.situ.socket;

import java.util.concurrent.atomic.AtomicBoolean;

/// Logs the first exception of a handler, and keeps quiet about the rest, which are counted: a packet that makes
/// a handler throw can come a million times a second.
final class HandlerFailures {
    private static final System.Logger LOG = System.getLogger("dev.situ.socket");

    private final AtomicBoolean reported = new AtomicBoolean();

    /// Counts a failure with the counters of its queue, and logs it if it is the first.
    void report(Throwable failure, SocketCounters counters) {
        counters.add(SocketCounters.HANDLER_FAILURES, 1);
        if (reported.compareAndSet(false, true)) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "a UDP handler failed; the rest of its burst is lost. Later failures are only counted.",
                    failure);
        }
    }
}
