package dev.situ.r2p2;

import dev.situ.memory.Checks;

/// How many packets of a session may be unacknowledged in one direction: grows by what is acknowledged up to a
/// threshold and by one a round trip beyond (additive increase), and falls when packets were lost (multiplicative
/// decrease).
///
/// **By how much** it falls depends on how many were lost: by half a packet for each, so by half of the share
/// that is lost of a flight that fills it, as a window of DCTCP does by its marks (RFC 8257 section 3.3). A
/// network that is too full loses many packets of a flight, and its share of the window goes at once; one that
/// loses a packet in a hundred by chance, whatever is sent, keeps a window of a hundred or two, where one that
/// falls to a half or to seven tenths by each loss would be of twelve or seventeen.
///
/// A time-out shows less, and may mean that nothing comes through: it takes three tenths (RFC 9438 section 4.6),
/// once for all that were sent together. Packets are numbered as they are sent, by [#sent]: a time-out counts
/// only if the packet was sent after the last one that counted. Confined to one thread.
final class CongestionWindow {
    static final int INITIAL = 32;
    static final int LEAST = 2;
    static final int MOST = 512;

    private static final int LONG_AGO = 1 << 30;
    private static final int LEAST_REORDERING = 3;
    private static final int MOST_REORDERING = 8;

    private int window = INITIAL;
    private int threshold = MOST;
    private int flying;
    private int grown;
    private int number;
    /// Of two lost packets the first, until the second has come.
    private boolean halfOwed;

    private int reducedAt;
    /// How many packets of a flight of half of the window or more have yet to land.
    private int used;

    /// Forgets everything.
    void reset() {
        window = INITIAL;
        threshold = MOST;
        flying = 0;
        grown = 0;
        number = 0;
        halfOwed = false;
        reducedAt = 0;
        used = 0;
    }

    int window() {
        return window;
    }

    /// The packets that are neither acknowledged nor given up for lost.
    int flying() {
        return flying;
    }

    /// By how many packets that were sent later one has to be overtaken to count as lost: by 8, and fewer in a small
    /// window, in which there are not as many (as RFC 5827 has it for TCP), at least 3 (RFC 9002 section 6.1.1).
    int reordering() {
        return Math.clamp(window / 2, LEAST_REORDERING, MOST_REORDERING);
    }

    boolean hasRoom() {
        return flying < window;
    }

    /// Notes that a packet has been sent, and gives its number.
    int sent() {
        if (Checks.ON && !hasRoom()) {
            throw new IllegalStateException(flying + " packets are unacknowledged, and " + window + " may be");
        }
        flying++;
        number++;
        if (number - reducedAt < 0) { // that was long ago
            reducedAt = number - LONG_AGO;
        }
        if (flying * 2 >= window) {
            used = flying;
        }
        return number;
    }

    /// Notes that packets have arrived.
    void acknowledged(int packets) {
        boolean wasUsed = used > 0;
        land(packets);
        if (!wasUsed || window >= MOST) {
            return; // a window that nobody uses says nothing
        }
        if (window < threshold) {
            window = Math.min(MOST, window + packets);
        } else {
            grown += packets;
            if (grown >= window) {
                grown -= window;
                window++;
            }
        }
    }

    /// Notes that what has arrived since shows that packets were lost.
    void lost(int packets) {
        land(packets);
        int halves = packets + (halfOwed ? 1 : 0);
        halfOwed = halves % 2 == 1;
        window = Math.max(LEAST, window - halves / 2);
        grown = Math.min(grown, window - 1);
        threshold = Math.min(threshold, window);
    }

    /// Notes that packets count as lost because nothing has come for too long, the latest of which had
    /// `latestNumber`.
    void timedOut(int packets, int latestNumber) {
        land(packets);
        if (latestNumber - reducedAt > 0) {
            threshold = Math.max(LEAST, window * 7 / 10);
            window = threshold;
            grown = 0;
            reducedAt = number;
        }
    }

    /// Notes that packets are waited for no longer, though nothing shows that they were lost.
    void takeBack(int packets) {
        land(packets);
    }

    private void land(int packets) {
        flying -= packets;
        used = Math.max(0, used - packets);
        if (Checks.ON && flying < 0) {
            throw new IllegalStateException(flying + " packets are unacknowledged");
        }
    }
}
