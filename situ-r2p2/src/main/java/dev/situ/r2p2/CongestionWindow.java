package dev.situ.r2p2;

import dev.situ.memory.Checks;

/// How many packets of a session may be unacknowledged in one direction: grows by what is acknowledged up to a
/// threshold and by one a round trip beyond (additive increase), and falls to seven tenths when packets were lost
/// (multiplicative decrease), once for all that were lost together. Seven tenths, as in RFC 9438 section 4.6, and not a
/// half: where one packet in a hundred is lost by chance, the mean window is a third larger.
///
/// Packets are numbered as they are sent, by [#sent]: a loss counts only if the packet was sent after the window was
/// last reduced. Confined to one thread.
final class CongestionWindow {
    static final int INITIAL = 32;
    static final int LEAST = 2;
    static final int MOST = 512;

    private static final int LEAST_REORDERING = 3;
    private static final int MOST_REORDERING = 8;

    private int window = INITIAL;
    private int threshold = MOST;
    private int flying;
    private int grown;
    private int number;
    private int reducedAt;

    /// Forgets everything.
    void reset() {
        window = INITIAL;
        threshold = MOST;
        flying = 0;
        grown = 0;
        number = 0;
        reducedAt = 0;
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
        return ++number;
    }

    /// Notes that packets have arrived.
    void acknowledged(int packets) {
        boolean limiting = flying * 2 >= window;
        land(packets);
        if (!limiting || window >= MOST) {
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

    /// Notes that packets count as lost, the latest of which had `latestNumber`.
    void lost(int packets, int latestNumber) {
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
        if (Checks.ON && flying < 0) {
            throw new IllegalStateException(flying + " packets are unacknowledged");
        }
    }
}
