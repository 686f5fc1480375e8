package dev.situ.testkit;

import dev.situ.memory.Consumes;
import dev.situ.packet.PacketBurst;
import dev.situ.packet.PacketCache;
import dev.situ.packet.PacketPool;
import dev.situ.packet.Port;
import dev.situ.packet.PortCapabilities;
import dev.situ.packet.PortQueue;
import dev.situ.packet.PortStatistics;

/// A packet port on a bad network: whole frames, headers and ARP included, are lost, doubled, delayed and damaged,
/// each by chances that are drawn from a seed.
///
/// ```
///   receive  ◀── line in  ◀── real port ◀──
///   transmit ──▶ line out ──▶ real port ──▶
/// ```
///
/// Delays are counted in turns, not in time: the line in goes on by one turn with each receive of its queue, the
/// line out with each receive and each transmit. A test that calls both itself has the same fate in every run.
public final class LossyPacketPort implements Port {
    private final Port real;
    private final LossyPacketQueue[] queues;

    /// Puts lossy lines in front of `real`, which is *consumed*: it is closed with this port.
    public LossyPacketPort(@Consumes Port real, Impairments impairments) {
        this.real = real;
        this.queues = new LossyPacketQueue[real.queues()];
        for (int i = 0; i < queues.length; i++) {
            queues[i] = new LossyPacketQueue(real.queue(i), impairments, impairments.seed() * 31 + i * 2L);
        }
    }

    @Override
    public String name() {
        return "lossy " + real.name();
    }

    @Override
    public int queues() {
        return queues.length;
    }

    @Override
    public PortQueue queue(int index) {
        return queues[index];
    }

    @Override
    public long mac() {
        return real.mac();
    }

    @Override
    public PortCapabilities capabilities() {
        return real.capabilities();
    }

    @Override
    public PacketPool pool() {
        return real.pool();
    }

    /// The counts of the real port.
    @Override
    public PortStatistics statistics() {
        return real.statistics();
    }

    /// What the lines did. Any thread may call it; it is exact when no queue is polled.
    public LineStatistics lines() {
        LineStatistics all = new LineStatistics(0, 0, 0, 0, 0, 0, 0);
        for (LossyPacketQueue queue : queues) {
            all = all.plus(queue.in.statistics()).plus(queue.out.statistics());
        }
        return all;
    }

    /// Releases what is on the lines and closes the real port.
    @Override
    public void close() {
        for (LossyPacketQueue queue : queues) {
            queue.close();
        }
        real.close();
    }

    private static final class LossyPacketQueue implements PortQueue {
        private final PortQueue real;
        private final PacketLine in;
        private final PacketLine out;
        private final PacketBurst arriving = new PacketBurst(PacketBurst.USUAL_CAPACITY);
        private final PacketBurst leaving = new PacketBurst(PacketBurst.USUAL_CAPACITY);

        LossyPacketQueue(PortQueue real, Impairments impairments, long seed) {
            this.real = real;
            this.in = new PacketLine(impairments, seed, real.cache());
            this.out = new PacketLine(impairments, seed + 1, real.cache());
        }

        @Override
        public int receive(PacketBurst into) {
            real.receive(arriving);
            for (int i = 0; i < arriving.size(); i++) {
                in.send(arriving.packet(i));
            }
            arriving.forget();
            leave();
            return in.turn(into);
        }

        /// Takes all: what the real port does not take waits here.
        @Override
        public int transmit(PacketBurst from) {
            int taken = from.size();
            for (int i = 0; i < taken; i++) {
                out.send(from.packet(i));
            }
            from.forget();
            leave();
            return taken;
        }

        private void leave() {
            out.turn(leaving);
            if (!leaving.isEmpty()) {
                real.transmit(leaving);
            }
        }

        @Override
        public PacketCache cache() {
            return real.cache();
        }

        /// Does not sleep while a packet waits on a line: turns go on only with calls.
        @Override
        public void await(long timeoutNanos) {
            if (!in.hasWaiting() && !out.hasWaiting() && leaving.isEmpty()) {
                real.await(timeoutNanos);
            }
        }

        @Override
        public void wakeup() {
            real.wakeup();
        }

        void close() {
            in.clear();
            out.clear();
            real.cache().releaseAll(leaving);
        }
    }
}
