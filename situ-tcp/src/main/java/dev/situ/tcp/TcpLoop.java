package dev.situ.tcp;

import dev.situ.kv.Reply;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// One event loop: its thread, its worker of the store, its memory, and the connections that live on it.
///
/// Confined to the loop's thread, but for the counters.
final class TcpLoop {
    private static final long SWEEP_MILLIS = 1000;

    /// Longer values are copied to the output from where they are stored, not by way of the reply.
    private static final int COPY_UP_TO_BYTES = 1024;

    final EventLoop eventLoop;
    final TcpWorker worker;
    final TcpLimits limits;

    /// The path of the unix socket that some connections come from, or empty.
    final String unixSocket;
    final LoopBuffers buffers = new LoopBuffers(LoopBuffers.BUFFER_BYTES);
    final LoopBuffers smallBuffers = new LoopBuffers(LoopBuffers.SMALL_BUFFER_BYTES);
    final LoopBuffers largeBuffers = new LoopBuffers(LoopBuffers.LARGE_BUFFER_BYTES);

    /// The replies of the connection that is served just now: sent or copied before the next one is.
    final Reply reply = new Reply(COPY_UP_TO_BYTES);

    /// Written by the loop alone, so an addition need not be atomic.
    private final AtomicLong bytesIn = new AtomicLong();

    private final AtomicLong bytesOut = new AtomicLong();
    private final AtomicLong closedByLimit = new AtomicLong();
    private final AtomicInteger pinned = new AtomicInteger();
    private final AtomicLong failures = new AtomicLong();
    private final AtomicInteger current;
    private final LogLimiter log;
    private final Consumer<Throwable> fatal;

    private final Set<Connection> connections = new HashSet<>();
    private boolean sweeping;
    private long bytesInBySweep;
    private boolean stopping;

    TcpLoop(
            EventLoop eventLoop,
            TcpWorker worker,
            TcpLimits limits,
            String unixSocket,
            AtomicInteger current,
            LogLimiter log,
            Consumer<Throwable> fatal) {
        this.eventLoop = eventLoop;
        this.worker = worker;
        this.limits = limits;
        this.unixSocket = unixSocket;
        this.current = current;
        this.log = log;
        this.fatal = fatal;
    }

    // ---- connections ----------------------------------------------------------------------------------------------

    /// A connection begins. Says whether it may: not when the server stops.
    boolean add(Connection connection) {
        if (stopping || !connections.add(connection)) {
            return false;
        }
        if (!sweeping) {
            sweeping = true;
            sweepLater();
        }
        return true;
    }

    /// A connection has ended.
    void remove(Connection connection) {
        connections.remove(connection);
        current.decrementAndGet();
    }

    /// A client left too much unread.
    void closedByLimit(Connection connection, long unread) {
        add(closedByLimit, 1);
        worker.countClosedByLimit();
        log.warn(() -> "closed " + connection + ": " + unread + " bytes of replies were not read", null);
    }

    /// Something went wrong that no client should be able to cause. When it is the virtual machine (no memory),
    /// all connections are concerned, and nothing can be relied on any more.
    void failed(Object connection, Throwable cause) {
        add(failures, 1);
        if (cause instanceof VirtualMachineError) {
            fatal.accept(cause);
        }
        log.warn(() -> "closed " + connection + " because of an internal error", cause);
    }

    /// Finishes what is in flight on every connection, and takes no new one.
    void stop() {
        stopping = true;
        for (Connection connection : copy(connections)) {
            connection.stop();
        }
    }

    /// Closes what is still open.
    void stopNow() {
        for (Connection connection : copy(connections)) {
            connection.close();
        }
    }

    /// Pieces of memory in use. Any thread.
    int buffersInUse() {
        return buffers.taken() + smallBuffers.taken() + largeBuffers.taken();
    }

    /// Frees the memory, when the loop's thread has ended.
    void close() {
        buffers.close();
        smallBuffers.close();
        largeBuffers.close();
    }

    private void sweepLater() {
        var _ = eventLoop.schedule(this::sweep, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
    }

    /// Looks at every connection, once a second while there is one, and until the loop has been idle for a second: what
    /// its worker holds then would be held until the next command.
    private void sweep() {
        List<Connection> overdue = new ArrayList<>(0);
        for (Connection connection : connections) {
            if (connection.isOverdue(SWEEP_MILLIS)) {
                overdue.add(connection);
            }
        }
        for (Connection connection : overdue) {
            try {
                connection.close();
            } catch (RuntimeException | Error e) {
                connection.failed(e);
            }
        }
        long in = bytesIn();
        boolean idle = in == bytesInBySweep;
        bytesInBySweep = in;
        if (idle) {
            worker.trim();
        }
        sweeping = !idle || !connections.isEmpty();
        if (sweeping) {
            sweepLater();
        }
    }

    private static List<Connection> copy(Set<Connection> some) {
        return new ArrayList<>(some);
    }

    // ---- counters -------------------------------------------------------------------------------------------------

    void received(long bytes) {
        add(bytesIn, bytes);
    }

    void sent(long bytes) {
        add(bytesOut, bytes);
    }

    void pinned(int difference) {
        pinned.setRelease(pinned.getPlain() + difference);
    }

    long bytesIn() {
        return bytesIn.get();
    }

    long bytesOut() {
        return bytesOut.get();
    }

    long closedByLimit() {
        return closedByLimit.get();
    }

    long failures() {
        return failures.get();
    }

    int pinned() {
        return pinned.get();
    }

    private static void add(AtomicLong counter, long difference) {
        counter.setRelease(counter.getPlain() + difference);
    }
}
