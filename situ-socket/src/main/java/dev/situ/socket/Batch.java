package dev.situ.socket;

import java.util.Arrays;

/// Committed datagrams on their way to the kernel, gathered into messages.
///
/// ```
///  message    peer   segment   bytes   segments   pieces ──▶ piece ──▶ piece ──▶ ...
///     0        A      100       250       3        [100|100|50]
///     1        B      100       100       1        [60] [40]
///     2        A      70        70        1        [70]
/// ```
///
/// A **piece** is a run of memory; a **message** is what one `struct msghdr` carries: one datagram, or several to
/// one peer that the kernel cuts apart again every `segment` bytes (`UDP_SEGMENT`). So only the last datagram of
/// a message may be shorter, and an empty one is always alone. A datagram joins the last message to its peer when
/// it fits there, otherwise it starts a new one: datagrams to one peer stay in order, also when peers interleave.
/// Neighbouring pieces of a message that touch in memory become one.
///
/// All tables are flat arrays. The table of peers is open-addressed, and its entries are of the current batch
/// when their stamp is.
final class Batch {
    static final int NONE = -1;
    static final int MAX_MESSAGES = 1024;
    static final int MAX_PIECES = 4096;

    /// The most pieces of one datagram.
    static final int MAX_DATAGRAM_PIECES = 64;

    /// The kernel's limits of one message: `UDP_MAX_SEGMENTS` and the largest payload over IPv4.
    static final int MAX_SEGMENTS = 128;

    static final int MAX_BYTES = SocketStackOptions.LARGEST_PAYLOAD;

    private static final int PEER_SLOTS = 2 * MAX_MESSAGES;
    private static final long HASH = 0x9E37_79B9_7F4A_7C15L;

    private final long[] pieceAddress = new long[MAX_PIECES];
    private final int[] pieceLength = new int[MAX_PIECES];
    private final int[] pieceNext = new int[MAX_PIECES];
    private int pieceTop;

    private final long[] peer = new long[MAX_MESSAGES];
    private final int[] segment = new int[MAX_MESSAGES];
    private final int[] bytes = new int[MAX_MESSAGES];
    private final int[] segments = new int[MAX_MESSAGES];
    private final int[] pieces = new int[MAX_MESSAGES];
    private final int[] head = new int[MAX_MESSAGES];
    private final int[] tail = new int[MAX_MESSAGES];
    private int messages;
    /// The message that the last datagram joined or started.
    private int latest = NONE;

    private final long[] slotPeer = new long[PEER_SLOTS];
    private final int[] slotMessage = new int[PEER_SLOTS];
    private final int[] slotStamp = new int[PEER_SLOTS];
    private int stamp = 1;

    private int datagram;
    private int datagramBytes;
    private final UncutPeers uncut = new UncutPeers();
    private boolean coalesce;

    /// @param coalesce whether datagrams may share a message
    Batch(boolean coalesce) {
        this.coalesce = coalesce;
    }

    void stopCoalescing() {
        coalesce = false;
    }

    /// Says that the kernel does not cut messages like this one apart.
    void refuseToCut(int message) {
        uncut.add(peer[message], segment[message]);
    }

    boolean coalesces() {
        return coalesce;
    }

    // ---- the open datagram ----------------------------------------------------------------------------------------

    /// Whether another datagram of any shape fits.
    boolean hasRoom() {
        return messages < MAX_MESSAGES && pieceTop + MAX_DATAGRAM_PIECES <= MAX_PIECES;
    }

    /// Starts a datagram. There must be room.
    void begin() {
        datagram = pieceTop;
        datagramBytes = 0;
    }

    /// Whether the open datagram can have another piece wherever that lies. Where it cannot, there is still one
    /// left for bytes that are copied one after another.
    boolean hasPieceRoom() {
        return pieceTop - datagram < MAX_DATAGRAM_PIECES - 1;
    }

    /// The bytes of the open datagram.
    int datagramBytes() {
        return datagramBytes;
    }

    /// Appends bytes to the open datagram.
    void add(long address, int length) {
        int last = pieceTop - 1;
        datagramBytes += length;
        if (last >= datagram && pieceAddress[last] + pieceLength[last] == address) {
            pieceLength[last] += length;
            return;
        }
        pieceAddress[pieceTop] = address;
        pieceLength[pieceTop] = length;
        pieceNext[pieceTop] = NONE;
        pieceTop++;
    }

    void abort() {
        pieceTop = datagram;
    }

    /// Ends the open datagram: it belongs to the batch now.
    void commit(long to) {
        if (latest != NONE && peer[latest] == to && fits(latest)) {
            join(latest);
            return;
        }
        int slot = slotOf(to);
        int message = slotStamp[slot] == stamp ? slotMessage[slot] : NONE;
        if (message != NONE && fits(message)) {
            join(message);
            latest = message;
            return;
        }
        latest = messages;
        slotPeer[slot] = to;
        slotStamp[slot] = stamp;
        slotMessage[slot] = messages;
        start(to);
    }

    private boolean fits(int message) {
        int length = datagramBytes;
        return coalesce
                && length > 0
                && length <= segment[message]
                && !uncut.contains(peer[message], segment[message])
                && bytes[message] == segment[message] * segments[message]
                && bytes[message] + length <= MAX_BYTES
                && segments[message] < MAX_SEGMENTS
                && pieces[message] + pieceTop - datagram <= IoVec.MAX_PIECES;
    }

    private void join(int message) {
        bytes[message] += datagramBytes;
        segments[message]++;
        int first = datagram;
        int last = tail[message];
        if (pieceAddress[last] + pieceLength[last] == pieceAddress[first]) {
            pieceLength[last] += pieceLength[first];
            first++;
            if (first == pieceTop) {
                pieceTop = datagram;
                return;
            }
        }
        link(first);
        pieceNext[last] = first;
        tail[message] = pieceTop - 1;
        pieces[message] += pieceTop - first;
    }

    private void start(long to) {
        int message = messages++;
        peer[message] = to;
        segment[message] = datagramBytes;
        bytes[message] = datagramBytes;
        segments[message] = 1;
        pieces[message] = pieceTop - datagram;
        head[message] = pieceTop == datagram ? NONE : datagram;
        tail[message] = pieceTop - 1;
        link(datagram);
    }

    /// Makes one chain of the open datagram's pieces from `first` on.
    private void link(int first) {
        for (int i = first; i < pieceTop - 1; i++) {
            pieceNext[i] = i + 1;
        }
    }

    private int slotOf(long to) {
        int slot = (int) ((to * HASH) >>> 32) & (PEER_SLOTS - 1);
        while (slotStamp[slot] == stamp && slotPeer[slot] != to) {
            slot = (slot + 1) & (PEER_SLOTS - 1);
        }
        return slot;
    }

    // ---- the messages ---------------------------------------------------------------------------------------------

    /// The number of messages.
    int size() {
        return messages;
    }

    long peer(int message) {
        return peer[message];
    }

    /// The bytes of each datagram of the message but the last.
    int segment(int message) {
        return segment[message];
    }

    /// The bytes of all datagrams of the message.
    int bytes(int message) {
        return bytes[message];
    }

    /// The number of datagrams in the message.
    int segments(int message) {
        return segments[message];
    }

    /// The first piece of the message, or [#NONE].
    int firstPiece(int message) {
        return head[message];
    }

    /// The piece after `piece` in its message, or [#NONE].
    int nextPiece(int piece) {
        return pieceNext[piece];
    }

    long pieceAddress(int piece) {
        return pieceAddress[piece];
    }

    int pieceLength(int piece) {
        return pieceLength[piece];
    }

    /// Forgets everything but the open datagram, which there must not be.
    void clear() {
        messages = 0;
        latest = NONE;
        pieceTop = 0;
        if (++stamp == 0) {
            Arrays.fill(slotStamp, 0);
            stamp = 1;
        }
    }
}
