package dev.situ.bench.dpdk;

import com.sun.management.ThreadMXBean;
import dev.situ.bench.frame.ChildTask;
import dev.situ.bench.frame.Cpus;
import dev.situ.bench.frame.Parameters;
import dev.situ.dpdk.DpdkPacketPool;
import dev.situ.dpdk.DpdkPort;
import dev.situ.dpdk.DpdkPortOptions;
import dev.situ.dpdk.Eal;
import dev.situ.dpdk.EalThread;
import dev.situ.packet.Packet;
import dev.situ.packet.PacketBurst;
import dev.situ.packet.PortQueue;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/// How long a poller stands still while another thread allocates and the collector works, beside a thread that only
/// looks at the clock while nobody does anything. The same thread is the one and the other in turn, on one processor;
/// the allocating one is bound to another.
///
/// The poller moves packets through DPDK's `net_ring`, which hands back what it is given, and looks at the clock after
/// each burst. A gap is the time between two looks. What the machine takes away from the process is in both.
public final class DpdkGapTask implements ChildTask {
    /// The task's name.
    public static final String NAME = "dpdk-gap";

    static final String POLLER_GAP = "poller_gap";
    static final String SPINNER_GAP = "spinner_gap";
    static final String POLLER_MAX = "poller_gap_max";
    static final String SPINNER_MAX = "spinner_gap_max";
    static final String BYTES_A_PACKET = "bytes_per_packet";
    static final String ALLOCATED = "allocated";

    private static final int PACKETS = 1023;
    private static final int BURST = 32;
    private static final int FRAME_BYTES = 64;
    private static final int GARBAGE_BYTES = 8192;
    private static final int BYTES_A_MILLISECOND = 200_000;
    private static final int KEPT = 1024;
    private static final int DIGITS = 3;

    private final Eal eal;
    private final EalThread thread;
    private final DpdkPacketPool pool;
    private final DpdkPort port;
    private final PortQueue queue;
    private final PacketBurst burst = new PacketBurst(BURST);
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final long windowNanos;
    private final int windows;
    private final Thread allocator;
    private volatile boolean allocating;
    private volatile boolean ended;
    private final AtomicLong allocatedBytes = new AtomicLong();
    private long moved;

    /// Opens the ring and starts the allocating thread, which does nothing yet.
    public DpdkGapTask(Parameters parameters) {
        windowNanos = TimeUnit.MILLISECONDS.toNanos(parameters.number("windowMillis"));
        windows = parameters.number("windows");
        eal = Eal.start(DpdkSetUp.eal());
        thread = eal.register();
        pool = DpdkPacketPool.create(eal, PACKETS);
        port = DpdkPort.open(eal, pool, DpdkPortOptions.of("net_ring0"));
        queue = port.queue(0);
        while (burst.room() > 0) {
            long packet = queue.cache().take();
            Packet.setLength(queue.cache().memory(), packet, FRAME_BYTES);
            burst.add(packet);
        }
        Cpus.bindThread(Cpus.client().getFirst());
        allocator = Thread.ofPlatform().name("allocator").daemon().start(this::allocate);
    }

    private void allocate() {
        Cpus.bindThread(Cpus.server().getFirst());
        byte[][] kept = new byte[KEPT][];
        int next = 0;
        while (!ended) {
            for (int bytes = 0; allocating && bytes < BYTES_A_MILLISECOND; bytes += GARBAGE_BYTES) {
                kept[next] = new byte[GARBAGE_BYTES];
                next = (next + 1) % KEPT;
                allocatedBytes.addAndGet(GARBAGE_BYTES);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    @Override
    public void measure(Sink sink) {
        window(true);
        window(false);
        Histogram pollerMost = new Histogram(DIGITS);
        Histogram spinnerMost = new Histogram(DIGITS);
        long id = Thread.currentThread().threadId();
        long bytes = 0;
        long allocated = allocatedBytes.get();
        moved = 0;
        for (int i = 0; i < windows; i++) {
            spinnerMost.recordValue(window(false));
            allocating = true;
            long before = threads.getThreadAllocatedBytes(id);
            pollerMost.recordValue(window(true));
            bytes += threads.getThreadAllocatedBytes(id) - before;
            allocating = false;
        }
        sink.add(POLLER_GAP, "us", pollerMost.getValueAtPercentile(50) / 1e3);
        sink.add(SPINNER_GAP, "us", spinnerMost.getValueAtPercentile(50) / 1e3);
        sink.add(POLLER_MAX, "us", pollerMost.getMaxValue() / 1e3);
        sink.add(SPINNER_MAX, "us", spinnerMost.getMaxValue() / 1e3);
        sink.add(BYTES_A_PACKET, "B", (double) bytes / moved);
        sink.add(ALLOCATED, "MB/s", (allocatedBytes.get() - allocated) * 1e3 / windows / windowNanos);
    }

    /// The largest gap of a window, in nanoseconds.
    private long window(boolean polls) {
        long begin = System.nanoTime();
        long before = begin;
        long most = 0;
        while (before - begin < windowNanos) {
            if (polls) {
                poll();
            }
            long now = System.nanoTime();
            most = Math.max(most, now - before);
            before = now;
        }
        return most;
    }

    private void poll() {
        queue.transmit(burst);
        moved += queue.receive(burst);
    }

    @Override
    public void close() {
        ended = true;
        try {
            allocator.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        queue.cache().releaseAll(burst);
        port.close();
        thread.close();
        pool.close();
        eal.close();
    }
}
