package dev.situ.testkit;

import dev.situ.memory.Consumes;
import dev.situ.memory.Words;
import dev.situ.packet.Packet;
import dev.situ.packet.PacketBurst;
import dev.situ.packet.PacketCache;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;

/// One direction of a bad network for packets. Time on it goes by turns: [#turn] gives what arrives now. Confined to
/// one thread, but for [#statistics].
final class PacketLine {
    private record Waiting(long packet, long dueTurn) {}

    private final Impairments impairments;
    private final Random random;
    private final PacketCache cache;
    private final List<Waiting> waiting = new ArrayList<>();
    private long turn;
    private volatile LineStatistics statistics = new LineStatistics(0, 0, 0, 0, 0, 0, 0);

    PacketLine(Impairments impairments, long seed, PacketCache cache) {
        this.impairments = impairments;
        this.random = new Random(seed);
        this.cache = cache;
    }

    /// Gives a packet to the line. Consumes it.
    void send(@Consumes long packet) {
        count(1, 0, 0, 0, 0, 0);
        if (happens(impairments.loss())) {
            count(0, 0, 1, 0, 0, 0);
            cache.release(packet);
            return;
        }
        long twin = happens(impairments.duplication()) ? cache.copy(cache.memory(), packet) : Packet.NONE;
        put(packet);
        if (twin != Packet.NONE) {
            count(0, 0, 0, 1, 0, 0);
            put(twin);
        }
    }

    /// Consumes the packet.
    private void put(@Consumes long packet) {
        long arriving = packet;
        if (Packet.totalLength(cache.memory(), packet) > 0 && happens(impairments.corruption())) {
            arriving = damaged(packet);
        }
        long delay = 0;
        if (happens(impairments.reordering())) {
            count(0, 0, 0, 0, 1, 0);
            delay = 1L + random.nextInt(impairments.longestDelay());
        }
        waiting.add(new Waiting(arriving, turn + delay));
    }

    /// A copy with one bit turned over. Consumes the packet.
    private long damaged(@Consumes long packet) {
        long copy = cache.copy(cache.memory(), packet);
        if (copy == Packet.NONE) {
            return packet;
        }
        cache.release(packet);
        int bit = random.nextInt(Packet.length(cache.memory(), copy) * Byte.SIZE);
        long at = Packet.data(cache.memory(), copy) + bit / Byte.SIZE;
        Words.setByte(cache.memory(), at, (byte) (Words.getByte(cache.memory(), at) ^ 1 << bit % Byte.SIZE));
        count(0, 0, 0, 0, 0, 1);
        return copy;
    }

    /// Gives what arrives in this turn, as far as there is room for it, and begins the next one. What was delayed
    /// comes behind what was not.
    ///
    /// @return how many packets were given
    int turn(PacketBurst into) {
        int before = into.size();
        move(into, turn, turn);
        move(into, Long.MIN_VALUE, turn - 1);
        turn++;
        count(0, into.size() - before, 0, 0, 0, 0);
        return into.size() - before;
    }

    private void move(PacketBurst into, long firstDue, long lastDue) {
        Iterator<Waiting> each = waiting.iterator();
        while (into.room() > 0 && each.hasNext()) {
            Waiting w = each.next();
            if (w.dueTurn >= firstDue && w.dueTurn <= lastDue) {
                into.add(w.packet);
                each.remove();
            }
        }
    }

    boolean hasWaiting() {
        return !waiting.isEmpty();
    }

    /// Releases what is still on the line.
    void clear() {
        waiting.forEach(w -> cache.release(w.packet));
        waiting.clear();
    }

    LineStatistics statistics() {
        return statistics;
    }

    private boolean happens(double chance) {
        return random.nextDouble() < chance;
    }

    private void count(long sent, long delivered, long lost, long duplicated, long delayed, long corrupted) {
        LineStatistics s = statistics;
        statistics = new LineStatistics(
                s.sent() + sent,
                s.delivered() + delivered,
                s.lost() + lost,
                s.duplicated() + duplicated,
                s.delayed() + delayed,
                s.corrupted() + corrupted,
                waiting.size());
    }
}
