package dev.situ.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// One direction of a bad network. Time on it goes by turns: [#turn] gives what arrives now. Confined to one
/// thread, but for [#statistics].
final class LossyLine {
    private record Waiting(Datagram datagram, long dueTurn) {}

    private final Impairments impairments;
    private final Random random;
    private final List<Waiting> waiting = new ArrayList<>();
    private long turn;
    private volatile LineStatistics statistics = new LineStatistics(0, 0, 0, 0, 0, 0, 0);

    LossyLine(Impairments impairments, long seed) {
        this.impairments = impairments;
        this.random = new Random(seed);
    }

    /// Gives a datagram to the line.
    void send(Datagram datagram) {
        count(1, 0, 0, 0, 0, 0);
        if (happens(impairments.loss())) {
            count(0, 0, 1, 0, 0, 0);
            return;
        }
        put(datagram);
        if (happens(impairments.duplication())) {
            count(0, 0, 0, 1, 0, 0);
            put(datagram);
        }
    }

    private void put(Datagram datagram) {
        Datagram arriving = datagram;
        if (datagram.length() > 0 && happens(impairments.corruption())) {
            count(0, 0, 0, 0, 0, 1);
            arriving = datagram.withBitTurned(random.nextInt(datagram.length() * Byte.SIZE));
            if (impairments.checksum() && arriving.checksum() != datagram.checksum()) {
                count(0, 0, 1, 0, 0, 0);
                return;
            }
        }
        long delay = 0;
        if (happens(impairments.reordering())) {
            count(0, 0, 0, 0, 1, 0);
            delay = 1L + random.nextInt(impairments.longestDelay());
        }
        waiting.add(new Waiting(arriving, turn + delay));
    }

    /// Gives what arrives in this turn, and begins the next one. What was delayed comes behind what was not.
    List<Datagram> turn() {
        List<Datagram> arriving = new ArrayList<>();
        List<Datagram> late = new ArrayList<>();
        waiting.removeIf(w -> {
            if (w.dueTurn > turn) {
                return false;
            }
            (w.dueTurn < turn ? late : arriving).add(w.datagram);
            return true;
        });
        arriving.addAll(late);
        turn++;
        count(0, arriving.size(), 0, 0, 0, 0);
        return arriving;
    }

    /// Whether a datagram waits for a later turn.
    boolean hasWaiting() {
        return !waiting.isEmpty();
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
