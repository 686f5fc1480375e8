package dev.situ.testkit;

import dev.situ.memory.Consumes;
import dev.situ.udp.PerQueue;
import dev.situ.udp.UdpHandler;
import dev.situ.udp.UdpQueue;
import dev.situ.udp.UdpStack;
import dev.situ.udp.UdpStatistics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/// A UDP stack on a bad network: what is sent and received through it is lost, doubled, delayed and damaged, each
/// datagram by chances that are drawn from a seed.
///
/// ```
///   handler ◀── line in  ◀── real stack ◀──
///      └──────▶ line out ──▶ real stack ──▶
/// ```
///
/// Delays are counted in turns, not in time: a line goes on by one turn with each poll of its queue, and a line
/// out also with each flush. A test that calls poll itself has the same fate in every run; with real threads only
/// the fate of the n-th datagram of each line is fixed.
///
/// Everything is copied, so handlers see memory that nothing else writes to; what they retain is counted, and a
/// handle released twice is refused. An exception of a handler is the caller's of poll: in a test it should fail
/// the test. The threads are those of the real stack.
public final class LossyUdpStack implements UdpStack {
    private final UdpStack real;
    private final Impairments impairments;
    private final LossyQueue[] queues;
    private final List<LossyPort> ports = new ArrayList<>();
    private final CopiedBurst.Retained retained = new CopiedBurst.Retained();

    /// Puts lossy lines in front of `real`, which is *consumed*: it is closed with this stack.
    public LossyUdpStack(@Consumes UdpStack real, Impairments impairments) {
        this.real = real;
        this.impairments = impairments;
        this.queues = new LossyQueue[real.queues()];
        for (int i = 0; i < queues.length; i++) {
            queues[i] = new LossyQueue(real.queue(i));
        }
    }

    @Override
    public int queues() {
        return queues.length;
    }

    @Override
    public UdpQueue queue(int index) {
        return queues[index];
    }

    @Override
    public InetSocketAddress bind(InetSocketAddress local, UdpHandler handler) throws IOException {
        int first = ports.size();
        PerQueue<LossyPort> added = new PerQueue<>(
                queues.length, queue -> new LossyPort(queue, handler, impairments, first + queue, retained));
        InetSocketAddress bound =
                real.bind(local, (burst, sender) -> added.of(burst.queue()).arrived(burst, sender));
        for (int i = 0; i < queues.length; i++) {
            queues[i].add(added.of(i));
            ports.add(added.of(i));
        }
        return bound;
    }

    /// The counts of the real stack, but for what is retained: that is counted here.
    @Override
    public UdpStatistics statistics() {
        UdpStatistics s = real.statistics();
        return new UdpStatistics(
                s.received(),
                s.receivedBytes(),
                s.sent(),
                s.sentBytes(),
                s.receiveTruncated(),
                s.sendDropped(),
                s.handlerFailures(),
                retained.count());
    }

    /// What the lines did. Any thread may call it; it is exact when no queue is polled.
    public LineStatistics lines() {
        LineStatistics all = new LineStatistics(0, 0, 0, 0, 0, 0, 0);
        for (LossyPort port : ports) {
            all = all.plus(port.statistics());
        }
        return all;
    }

    /// Closes the real stack.
    ///
    /// @throws IllegalStateException if datagrams are still retained; the stack is closed all the same
    @Override
    public void close() {
        real.close();
        retained.close();
        if (retained.count() > 0) {
            throw new IllegalStateException(
                    retained.count() + " datagrams were still retained when the UDP stack was closed");
        }
    }
}
