package dev.situ.testkit;

import dev.situ.udp.UdpBurst;
import dev.situ.udp.UdpHandler;
import dev.situ.udp.UdpSender;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One bound port on one queue: a line in, a line out, and the handler between them.
final class LossyPort {
    private final int queue;
    private final UdpHandler handler;
    private final LossyLine in;
    private final LossyLine out;
    private final CopiedBurst.Retained retained;
    private @Nullable LossySender sender;

    LossyPort(int queue, UdpHandler handler, Impairments impairments, int number, CopiedBurst.Retained retained) {
        this.queue = queue;
        this.handler = handler;
        this.in = new LossyLine(impairments, impairments.seed() * 31 + number * 2L);
        this.out = new LossyLine(impairments, impairments.seed() * 31 + number * 2L + 1);
        this.retained = retained;
    }

    /// Takes what really arrived. It is handed over by [#turn].
    void arrived(UdpBurst burst, UdpSender real) {
        sender(real);
        for (int i = 0; i < burst.size(); i++) {
            in.send(Datagram.copyOf(burst.peer(i), burst.memory(i), burst.offset(i), burst.length(i)));
        }
    }

    LossySender sender(UdpSender real) {
        LossySender current = sender;
        if (current == null) {
            current = new LossySender(real, out);
            sender = current;
        }
        return current;
    }

    /// Hands over what comes out of the line now, and lets both lines go on.
    ///
    /// @return the datagrams handed over
    int turn() {
        LossySender to = sender;
        if (to == null) {
            return 0;
        }
        List<Datagram> arriving = in.turn();
        if (!arriving.isEmpty()) {
            CopiedBurst burst = new CopiedBurst(queue, arriving, retained);
            try {
                handler.onBurst(burst, to);
            } finally {
                to.abortOpen();
                burst.end();
            }
        }
        to.flush();
        return arriving.size();
    }

    boolean hasWaiting() {
        LossySender to = sender;
        return in.hasWaiting() || (to != null && to.hasWaiting());
    }

    LineStatistics statistics() {
        return in.statistics().plus(out.statistics());
    }
}
