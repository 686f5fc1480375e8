package dev.situ.testkit;

import dev.situ.udp.UdpQueue;
import dev.situ.udp.UdpSender;
import java.util.ArrayList;
import java.util.List;

/// A queue of a [LossyUdpStack].
final class LossyQueue implements UdpQueue {
    private final UdpQueue real;
    private final List<LossyPort> ports = new ArrayList<>();

    LossyQueue(UdpQueue real) {
        this.real = real;
    }

    void add(LossyPort port) {
        ports.add(port);
    }

    @Override
    public int poll() {
        real.poll();
        int handed = 0;
        for (LossyPort port : ports) {
            handed += port.turn();
        }
        return handed;
    }

    /// Does not sleep while a datagram waits on a line: turns go on only with polls.
    @Override
    public void await(long timeoutNanos) {
        for (LossyPort port : ports) {
            if (port.hasWaiting()) {
                return;
            }
        }
        real.await(timeoutNanos);
    }

    @Override
    public void wakeup() {
        real.wakeup();
    }

    @Override
    public UdpSender sender() {
        if (ports.isEmpty()) {
            throw new IllegalStateException("no port is bound");
        }
        return ports.getFirst().sender(real.sender());
    }
}
