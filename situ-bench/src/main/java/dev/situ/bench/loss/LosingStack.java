package dev.situ.bench.loss;

import dev.situ.memory.Consumes;
import dev.situ.udp.PerQueue;
import dev.situ.udp.UdpBurst;
import dev.situ.udp.UdpHandler;
import dev.situ.udp.UdpQueue;
import dev.situ.udp.UdpSender;
import dev.situ.udp.UdpStack;
import dev.situ.udp.UdpStatistics;
import java.io.IOException;
import java.net.InetSocketAddress;

/// A UDP stack that loses datagrams, both ways, each by the same chance from a seed. Nothing is copied and nothing
/// is allocated: what is measured through it is the protocol, and not the loss. For one bound port. (The tests'
/// `LossyUdpStack` does more to datagrams, and copies each.)
///
/// ```
///   handler ◀── LosingBurst  ◀── real stack ◀──
///      └──────▶ LosingSender ──▶ real stack ──▶
/// ```
final class LosingStack implements UdpStack {
    private final UdpStack real;
    private final PerQueue<Ends> ends;

    /// What loses on one queue.
    private record Ends(LosingBurst in, LosingSender out) {}

    /// @param real consumed: it is closed with this stack
    /// @param chance of each datagram to be lost, 0 to 1
    LosingStack(@Consumes UdpStack real, long seed, double chance) {
        this.real = real;
        ends = new PerQueue<>(
                real.queues(),
                queue -> new Ends(
                        new LosingBurst(new Losses(seed * 31 + queue * 2L, chance)),
                        new LosingSender(new Losses(seed * 31 + queue * 2L + 1, chance))));
    }

    @Override
    public int queues() {
        return real.queues();
    }

    @Override
    public UdpQueue queue(int index) {
        return new LosingQueue(real.queue(index), ends.of(index).out());
    }

    @Override
    public InetSocketAddress bind(InetSocketAddress local, UdpHandler handler) throws IOException {
        PerQueue<Ends> lines = ends;
        return real.bind(local, (burst, sender) -> lose(burst, sender, lines.of(burst.queue()), handler));
    }

    private static void lose(UdpBurst burst, UdpSender sender, Ends ends, UdpHandler handler) {
        ends.in().choose(burst);
        if (ends.in().size() > 0) {
            handler.onBurst(ends.in(), ends.out().over(sender));
        }
    }

    /// The counts of the real stack: what is lost here was received, and was never sent.
    @Override
    public UdpStatistics statistics() {
        return real.statistics();
    }

    @Override
    public void close() {
        real.close();
    }

    private record LosingQueue(UdpQueue real, LosingSender out) implements UdpQueue {
        @Override
        public int poll() {
            return real.poll();
        }

        @Override
        public void await(long timeoutNanos) {
            real.await(timeoutNanos);
        }

        @Override
        public void wakeup() {
            real.wakeup();
        }

        @Override
        public UdpSender sender() {
            return out.over(real.sender());
        }
    }
}
