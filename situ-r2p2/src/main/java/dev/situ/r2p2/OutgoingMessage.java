package dev.situ.r2p2;

import dev.situ.memory.SliceList;
import dev.situ.udp.UdpBurst;
import dev.situ.udp.UdpSender;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Which packets of a message of several have been sent, acknowledged and lost; and a cursor over its bytes, which
/// stays where it is between the turns that a long message is sent in.
///
/// ```
///          base                        next
///            |   sent, some acknowledged |
///   ---------+---------------------------+-------------
///   all here |  ? A A L ? A ? ? ? ? ? ?  |  not sent yet        A acknowledged, L lost, ? on its way
/// ```
///
/// `next` stays within [#SPAN] of `base`, which is what an ACK can tell of. A packet counts as **lost** when one
/// that was sent at least [CongestionWindow#reordering] packets after it was acknowledged (as QUIC does, RFC 9002
/// section 6.1.1). A packet that was sent more than once proves the loss of others only half a round trip after
/// the last time that any was: before, which of the times arrived cannot be told. After a time-out one packet goes
/// as a **probe**, all that are on their way only after a second in a row; or when the receiver **asks**: sends an
/// ACK that tells nothing new, a time-out after the last packet that may be sent. While others may, what it lacks
/// is those. Reused; confined to one thread.
final class OutgoingMessage {
    static final int SPAN = AckPayload.MAX_WORDS * Long.SIZE;
    static final int NONE = -1;

    private static final int MASK = SPAN - 1;

    private final long[] acknowledged = new long[SPAN / Long.SIZE];
    private final long[] lost = new long[SPAN / Long.SIZE];
    private final long[] repeated = new long[SPAN / Long.SIZE];
    private final int[] numbers = new int[SPAN];
    private static final SliceList NOTHING = new SliceList();

    private final PacketWriter writer = new PacketWriter();

    private int packets;
    private long length;
    private boolean repeatedLast;
    private int base;
    private int next;
    private int flying;
    private int lostCount;
    private int latestAcknowledged;
    private boolean anyAcknowledged;

    /// The packet whose round trip is being measured, or [#NONE].
    private int timed;

    /// When a packet was last sent, and when one that had been sent before.
    private long sentAt;

    private long repeatedAt;

    /// Whether what is acknowledged now was the last time that arrived.
    private boolean repeatedCounts;

    private long timedAt;
    private long measured;

    /// The number of the latest packet that the last call of a method counted as lost.
    private int latestLost;

    /// Starts with a message of that many packets, none of which was sent.
    ///
    /// @param message its bytes, borrowed until [#end] or the next start
    void start(int packets, SliceList message) {
        writer.start(message);
        this.packets = packets;
        length = message.length();
        base = 0;
        next = 0;
        flying = 0;
        lostCount = 0;
        anyAcknowledged = false;
        timed = NONE;
        measured = NONE;
        Arrays.fill(acknowledged, 0);
        Arrays.fill(lost, 0);
        Arrays.fill(repeated, 0);
    }

    /// Forgets the message: nothing of it is on its way or to be sent.
    void end() {
        start(0, NOTHING);
    }

    /// The packets that are neither acknowledged nor lost, but sent.
    int flying() {
        return flying;
    }

    boolean isDone() {
        return base == packets;
    }

    /// Whether every packet was sent, and none counts as lost.
    boolean isSent() {
        return next == packets && lostCount == 0;
    }

    /// Whether nothing was sent yet.
    boolean isFresh() {
        return next == 0;
    }

    /// Whether there is a packet that may be sent now.
    boolean hasNext() {
        return lostCount > 0 || (next < packets && next < base + SPAN);
    }

    /// The packet to send now, lost ones first, or [#NONE].
    private int next() {
        if (lostCount > 0) {
            for (int i = base; i < next; i = (i | 63) + 1) { // a word at a time
                long rest = lost[(i & MASK) / Long.SIZE] & -1L << i;
                if (rest != 0) {
                    return (i & -Long.SIZE) + Long.numberOfTrailingZeros(rest);
                }
            }
        }
        return next < packets && next < base + SPAN ? next : NONE;
    }

    /// Sends packet [#next], which there must be.
    ///
    /// @param second of the packet's header
    /// @param window what the packet counts in
    /// @return false if the sender has no room: nothing was sent
    boolean send(UdpSender sender, long peer, int type, int rid, long second, CongestionWindow window, long now) {
        int index = next();
        long from = ReliableHeader.position(index);
        writer.seek(from);
        int payload = (int) Math.min(ReliableHeader.MAX_PAYLOAD, length - from);
        if (!writer.write(sender, peer, ReliableHeader.ofPacket(type, rid, index, packets), second, payload)) {
            return false;
        }
        repeatedLast = index < next;
        sent(index, window.sent(), now);
        return true;
    }

    /// Whether the packet that was sent last had been sent before.
    boolean wasRepeated() {
        return repeatedLast;
    }

    /// Notes that packet `index` was sent as the session's packet `number`.
    private void sent(int index, int number, long now) {
        if (index == next) {
            next++;
            if (timed == NONE) {
                timed = index;
                timedAt = now;
            }
            clear(acknowledged, index);
            clear(lost, index);
            clear(repeated, index);
        } else {
            clear(lost, index);
            set(repeated, index);
            repeatedAt = now;
            lostCount--;
            timed = timed == index ? NONE : timed;
        }
        sentAt = now;
        numbers[index & MASK] = number;
        flying++;
    }

    /// Takes up an ACK, and tells the session what it shows: what has arrived, how long that took, and what others
    /// have overtaken and so is lost. One packet after the other is timed, none that was sent twice (RFC 6298
    /// section 3).
    ///
    /// @param words of the ACK's payload ([AckPayload#words])
    /// @return how many packets are on their way no longer, since they have arrived
    int acknowledge(UdpBurst burst, int i, int words, CongestionWindow window, RttEstimator rtt, long now) {
        MemorySegment memory = burst.memory(i);
        long payload = burst.offset(i) + ReliableHeader.BYTES;
        int from = AckPayload.next(memory, payload);
        repeatedCounts = now - repeatedAt >= rtt.smoothedNanos() / 2;
        int landed = acknowledgeBefore(from, now);
        for (int w = 0; w < words; w++) {
            landed += acknowledgeBits(from, w, AckPayload.word(memory, payload, w), now);
        }
        window.acknowledged(landed);
        if (measured != NONE) {
            rtt.sample(measured);
            measured = NONE;
        }
        boolean isAsking = landed == 0 && !hasNext() && now - sentAt >= rtt.timeoutNanos(0);
        int missing = isAsking ? loseAll() : loseOvertaken(window.reordering());
        if (isAsking && missing > 0) {
            window.timedOut(missing, latestLost);
        } else if (missing > 0) {
            window.lost(missing);
        }
        return landed;
    }

    private int acknowledgeBefore(int upTo, long now) {
        int end = Math.min(upTo, next);
        int landed = 0;
        while (base < end) {
            landed += acknowledge(base, now);
            base++;
        }
        return landed;
    }

    private int acknowledgeBits(int from, int i, long word, long now) {
        int landed = 0;
        int first = from + 1 + i * Long.SIZE;
        for (long rest = word; rest != 0; ) {
            int bit = Long.numberOfLeadingZeros(rest);
            rest &= ~(Long.MIN_VALUE >>> bit);
            int index = first + bit;
            if (index >= base && index < next) {
                landed += acknowledge(index, now);
            }
        }
        return landed;
    }

    private int acknowledge(int index, long now) {
        if (is(acknowledged, index)) {
            return 0;
        }
        set(acknowledged, index);
        if (index == timed) {
            measured = now - timedAt;
            timed = NONE;
        }
        if ((!is(repeated, index) || repeatedCounts)
                && (!anyAcknowledged || numbers[index & MASK] - latestAcknowledged > 0)) {
            latestAcknowledged = numbers[index & MASK];
            anyAcknowledged = true;
        }
        if (is(lost, index)) {
            clear(lost, index);
            lostCount--;
            return 0;
        }
        flying--;
        return 1;
    }

    private int loseOvertaken(int reordering) {
        int count = 0;
        if (anyAcknowledged) {
            for (int i = base; i < next; i++) {
                if (isFlying(i) && latestAcknowledged - numbers[i & MASK] >= reordering) {
                    lose(i, count++ == 0);
                }
            }
        }
        return count;
    }

    /// Counts the first packet that is not acknowledged as lost, if it is on its way.
    boolean loseFirst() {
        for (int i = base; i < next; i++) {
            if (!is(acknowledged, i)) {
                if (!isFlying(i)) {
                    return false;
                }
                lose(i, true);
                return true;
            }
        }
        return false;
    }

    /// Takes a time-out, of which there were `before` in a row already. The first counts one packet as lost, or
    /// none if none is on its way, the others all.
    ///
    /// @return how many
    int timeOut(int before, CongestionWindow window) {
        if (before > 0) {
            int count = loseAll();
            if (count > 0) {
                window.timedOut(count, latestLost);
            }
            return count;
        }
        for (int i = base; i < next; i++) {
            if (isFlying(i)) {
                lose(i, true);
                window.takeBack(1);
                return 1;
            }
        }
        return 0;
    }

    private int loseAll() {
        int count = 0;
        for (int i = base; i < next && flying > 0; i++) {
            if (isFlying(i)) {
                lose(i, count++ == 0);
            }
        }
        return count;
    }

    private boolean isFlying(int index) {
        return !is(acknowledged, index) && !is(lost, index);
    }

    private void lose(int index, boolean first) {
        set(lost, index);
        lostCount++;
        flying--;
        int number = numbers[index & MASK];
        if (first || number - latestLost > 0) {
            latestLost = number;
        }
    }

    private static boolean is(long[] bits, int index) {
        return (bits[(index & MASK) / Long.SIZE] & 1L << index) != 0;
    }

    private static void set(long[] bits, int index) {
        bits[(index & MASK) / Long.SIZE] |= 1L << index;
    }

    private static void clear(long[] bits, int index) {
        bits[(index & MASK) / Long.SIZE] &= ~(1L << index);
    }
}
