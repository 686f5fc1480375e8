package dev.situ.udp;

import dev.situ.memory.Consumes;
import dev.situ.packet.PacketBurst;
import dev.situ.packet.PacketCache;
import dev.situ.packet.PortQueue;

/// What one poller has to send: a burst for each of its port queues, and which of them a packet joins. Confined to
/// the poller.
final class Transmitter {
    /// The payload of a packet that is no datagram.
    static final int NO_DATAGRAM = -1;

    /// How many packets are sent together at most. Whoever sends only when all is done lets the other end wait,
    /// which then answers all at once, and so on: two processors that work in turns. A quarter of what is usually
    /// under way keeps both at work, and costs a port little more than larger bursts.
    private static final int TOGETHER = 16;

    /// How often a port that takes nothing is asked before its packets are dropped.
    private static final int REFUSALS = 64;

    private final PortQueue[] queues;
    private final PacketBurst[] bursts;
    private final int[][] payloads;
    private final PacketCache cache;
    private final TransmitChoice choice;
    private final StackCounters counters;
    private int turn;

    Transmitter(PortQueue[] queues, int burstPackets, TransmitChoice choice, StackCounters counters) {
        this.queues = queues;
        this.cache = queues[0].cache();
        this.choice = choice;
        this.counters = counters;
        this.bursts = new PacketBurst[queues.length];
        int together = Math.min(burstPackets, TOGETHER);
        this.payloads = new int[queues.length][together];
        for (int i = 0; i < queues.length; i++) {
            bursts[i] = new PacketBurst(together);
        }
    }

    /// Sends a packet with the next [#flush], at the latest. Consumes it.
    ///
    /// @param flow not negative
    /// @param payload the datagram's payload bytes, or [#NO_DATAGRAM]
    void send(@Consumes long packet, int flow, int payload) {
        int queue = 0;
        if (queues.length > 1) {
            queue = choice == TransmitChoice.BY_FLOW ? flow % queues.length : turn++ % queues.length;
            turn = turn == queues.length ? 0 : turn;
        }
        PacketBurst burst = bursts[queue];
        payloads[queue][burst.size()] = payload;
        burst.add(packet);
        if (burst.room() == 0) {
            flush(queue);
        }
    }

    void flush() {
        for (int i = 0; i < queues.length; i++) {
            if (!bursts[i].isEmpty()) {
                flush(i);
            }
        }
    }

    private void flush(int queue) {
        PacketBurst burst = bursts[queue];
        int from = 0;
        int refusals = 0;
        while (!burst.isEmpty() && refusals < REFUSALS) {
            int taken = queues[queue].transmit(burst);
            count(payloads[queue], from, taken);
            from += taken;
            if (taken == 0) {
                refusals++;
                Thread.onSpinWait();
            }
        }
        for (int i = 0; i < burst.size(); i++) {
            counters.drop(DropReason.SEND_PORT_BUSY);
        }
        cache.releaseAll(burst);
    }

    private void count(int[] payloads, int from, int taken) {
        int datagrams = 0;
        long bytes = 0;
        for (int i = from; i < from + taken; i++) {
            if (payloads[i] != NO_DATAGRAM) {
                datagrams++;
                bytes += payloads[i];
            }
        }
        if (datagrams > 0) {
            counters.add(StackCounters.SENT, datagrams);
            counters.add(StackCounters.SENT_BYTES, bytes);
        }
    }

    /// Drops what was not sent.
    void clear() {
        for (PacketBurst burst : bursts) {
            cache.releaseAll(burst);
        }
    }
}
