package dev.situ.bench.r2p2;

import com.google.errorprone.annotations.Immutable;
import dev.situ.udp.UdpBurst;
import dev.situ.udp.UdpHandler;
import dev.situ.udp.UdpQueue;
import dev.situ.udp.UdpSender;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// Sends GETs at a fixed rate, whatever comes back, and measures each from the moment at which it was due: a
/// server that stalls is charged with every request that it delays.
@Immutable
@SuppressWarnings("Immutable") // its stack has one queue, driven by the thread that runs the loop
final class OpenLoop implements UdpHandler {
    private static final int IDS = 1 << 16;
    private static final long HIGHEST_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long NOTHING = Long.MIN_VALUE;

    private final GetProtocol protocol;
    private final long server;
    private final int keys;
    private final int valueLength;
    private final SplittableRandom random = new SplittableRandom(42);
    private final long[] due = new long[IDS];
    private final Histogram latencies = new Histogram(HIGHEST_NANOS, 3);
    private long lost;
    private int id;
    private int underWay;

    OpenLoop(GetProtocol protocol, long server, int keys, int valueLength) {
        this.protocol = protocol;
        this.server = server;
        this.keys = keys;
        this.valueLength = valueLength;
        Arrays.fill(due, NOTHING);
    }

    /// Latencies in nanoseconds of the replies that came.
    Histogram latencies() {
        return latencies;
    }

    /// Requests without a reply.
    long lost() {
        return lost + underWay;
    }

    /// Sends for so long, then waits a moment for what is under way.
    void run(UdpQueue queue, double perSecond, long nanos) {
        UdpSender sender = queue.sender();
        long begin = System.nanoTime();
        long count = Math.max(1, Math.round(perSecond * nanos / 1e9));
        for (long sent = 0; sent < count; ) {
            long now = System.nanoTime();
            while (sent < count && begin + dueAfter(sent, perSecond) <= now) {
                send(sender, begin + dueAfter(sent, perSecond));
                sent++;
            }
            sender.flush();
            queue.poll();
        }
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (underWay > 0 && System.nanoTime() < end) {
            queue.poll();
        }
    }

    private static long dueAfter(long requests, double perSecond) {
        return (long) (requests * 1e9 / perSecond);
    }

    private void send(UdpSender sender, long dueAt) {
        long at = sender.claim(server, protocol.requestLength());
        if (at == UdpSender.NO_ROOM) {
            lost++;
            return;
        }
        if (due[id] != NOTHING) {
            lost++;
            underWay--;
        }
        due[id] = dueAt;
        underWay++;
        protocol.write(sender.memory(), at, id, random.nextInt(keys));
        id = (id + 1) & (IDS - 1);
        sender.commit();
    }

    @Override
    public void onBurst(UdpBurst burst, UdpSender sender) {
        long now = System.nanoTime();
        for (int i = 0; i < burst.size(); i++) {
            if (!protocol.isHit(burst.memory(i), burst.offset(i), burst.length(i), valueLength)) {
                continue;
            }
            int answered = protocol.id(burst.memory(i), burst.offset(i));
            if (due[answered] != NOTHING) {
                latencies.recordValue(Math.clamp(now - due[answered], 0, HIGHEST_NANOS));
                due[answered] = NOTHING;
                underWay--;
            }
        }
    }
}
