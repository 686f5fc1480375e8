package dev.situ.socket;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Gives the messages of a batch to the kernel with `sendmmsg`.
///
/// What the kernel does not take:
/// - the send buffer is full (`EAGAIN`): wait for room, but not longer than [#MAX_WAITS] times a millisecond for
///   a batch, then drop what is left, as a full network card would;
/// - it does not cut this message apart (`EINVAL`, `EMSGSIZE`, `EIO`: a path with a small MTU, a device without
///   checksums): the datagrams go one by one, and so will later ones of that size to that peer. `EIO` ends
///   coalescing for good;
/// - anything else concerns this message, or is a pending error of the socket that the failed call has cleared:
///   try once again, then drop this message alone.
///
/// So every batch comes to its end, and a datagram that cannot be sent takes no other one with it. Confined to
/// the poller.
class Transmitter {
    /// Messages for one system call.
    static final int VECTOR = 64;

    private static final int MAX_WAITS = 10;
    private static final long WAIT_NANOS = 1_000_000;

    /// One more slot, with pieces of its own, for datagrams that go one by one.
    private static final int LONE_SLOT = VECTOR;

    private static final int LONE_PIECE = Batch.MAX_PIECES;

    private static final int SLOTS = VECTOR + 1;
    private static final int NAMES = SLOTS * MmsgHdr.BYTES;
    private static final int CONTROLS = NAMES + SLOTS * SockaddrIn.BYTES;
    private static final int PIECES = CONTROLS + SLOTS * ControlMessage.SPACE;
    private static final int BYTES = PIECES + (Batch.MAX_PIECES + IoVec.MAX_PIECES) * IoVec.BYTES;
    private static final int CACHE_LINE = 64;

    private final int fd;
    private final SocketCounters counters;
    private final MemorySegment errno = KernelCalls.newErrno();
    private final MemorySegment headers;
    private final long headersAddress;
    private final KernelSleep writable;
    private int waits;
    private boolean retried;

    Transmitter(int fd, SocketCounters counters, Arena arena) {
        this.fd = fd;
        this.counters = counters;
        this.headers = arena.allocate(BYTES, CACHE_LINE);
        this.headersAddress = headers.address();
        this.writable = new KernelSleep(1, arena);
        writable.set(0, fd, PollFd.POLLOUT);
        for (int slot = 0; slot < SLOTS; slot++) {
            MmsgHdr.setName(headers, header(slot), headersAddress + name(slot));
            MmsgHdr.setNameLength(headers, header(slot), SockaddrIn.BYTES);
            MmsgHdr.setControl(headers, header(slot), headersAddress + control(slot));
            ControlMessage.initSegment(headers, control(slot));
        }
    }

    /// Sends all messages of the batch, or drops and counts what the kernel does not take.
    void send(Batch batch) {
        waits = 0;
        int next = 0;
        while (next < batch.size()) {
            int count = write(batch, next);
            send(batch, next, count);
            next += count;
        }
    }

    /// Writes headers for the messages from `first` on.
    ///
    /// @return how many
    private int write(Batch batch, int first) {
        int count = Math.min(VECTOR, batch.size() - first);
        int piece = 0;
        for (int slot = 0; slot < count; slot++) {
            piece = writeMessage(batch, first + slot, slot, piece);
        }
        return count;
    }

    private int writeMessage(Batch batch, int message, int slot, int firstPiece) {
        int end = firstPiece;
        for (int p = batch.firstPiece(message); p != Batch.NONE; p = batch.nextPiece(p)) {
            IoVec.set(headers, piece(end++), batch.pieceAddress(p), batch.pieceLength(p));
        }
        writeHeader(batch, message, slot, firstPiece, end - firstPiece);
        if (batch.segments(message) > 1) {
            ControlMessage.setSegment(headers, control(slot), batch.segment(message));
            MmsgHdr.setControlLength(headers, header(slot), ControlMessage.SPACE);
        }
        return end;
    }

    private void writeHeader(Batch batch, int message, int slot, int firstPiece, int pieces) {
        SockaddrIn.set(headers, name(slot), batch.peer(message));
        MmsgHdr.setPieces(headers, header(slot), headersAddress + piece(firstPiece), pieces);
        MmsgHdr.setControlLength(headers, header(slot), 0);
    }

    private void send(Batch batch, int first, int count) {
        int done = 0;
        while (done < count) {
            int sent = call(done, count - done);
            if (sent > 0) {
                countSent(batch, first + done, sent);
                done += sent;
            } else if (!retry(error())) {
                giveUp(batch, first + done);
                retried = false;
                done++;
            }
        }
    }

    /// Gives the kernel `count` messages from header `slot` on. A test replaces this and [#error] to fail in
    /// every way.
    ///
    /// @return how many it took, or -1
    int call(int slot, int count) {
        return KernelCalls.sendmmsg(errno, fd, headersAddress + header(slot), count, MmsgHdr.MSG_DONTWAIT);
    }

    /// Why the last [#call] failed.
    int error() {
        return KernelCalls.errno(errno);
    }

    private void countSent(Batch batch, int first, int count) {
        retried = false;
        int datagrams = 0;
        long bytes = 0;
        for (int message = first; message < first + count; message++) {
            datagrams += batch.segments(message);
            bytes += batch.bytes(message);
        }
        counters.add(SocketCounters.SEND_CALLS, 1);
        counters.add(SocketCounters.SENT_MESSAGES, count);
        counters.add(SocketCounters.SENT, datagrams);
        counters.add(SocketCounters.SENT_BYTES, bytes);
    }

    /// Whether the same call is worth another try.
    private boolean retry(int error) {
        if (error == Errno.EINTR) {
            return true;
        }
        if (error == Errno.EAGAIN) {
            return awaitRoom();
        }
        if (refusesToCut(error)) {
            return false;
        }
        boolean first = !retried;
        retried = true;
        return first;
    }

    private static boolean refusesToCut(int error) {
        return error == Errno.EINVAL || error == Errno.EMSGSIZE || error == Errno.EIO;
    }

    private boolean awaitRoom() {
        if (waits == MAX_WAITS) {
            return false;
        }
        waits++;
        counters.add(SocketCounters.SEND_WAITS, 1);
        writable.sleep(WAIT_NANOS);
        return true;
    }

    /// Gets the message that the kernel refused out of the way.
    private void giveUp(Batch batch, int message) {
        int error = error();
        if (batch.segments(message) == 1 || !refusesToCut(error)) {
            counters.add(SocketCounters.SEND_DROPPED, batch.segments(message));
            return;
        }
        counters.add(SocketCounters.SEGMENTATION_REFUSED, 1);
        boolean allSent = sendOneByOne(batch, message);
        if (error == Errno.EIO) {
            batch.stopCoalescing();
        } else if (allSent) {
            // It was the size and not the peer.
            batch.refuseToCut(message);
        }
    }

    private boolean sendOneByOne(Batch batch, int message) {
        boolean allSent = true;
        int piece = batch.firstPiece(message);
        int from = 0;
        int left = batch.bytes(message);
        while (left > 0) {
            int length = Math.min(batch.segment(message), left);
            left -= length;
            int pieces = 0;
            for (int missing = length; missing > 0; ) {
                int bytes = Math.min(missing, batch.pieceLength(piece) - from);
                IoVec.set(headers, piece(LONE_PIECE + pieces++), batch.pieceAddress(piece) + from, bytes);
                missing -= bytes;
                from += bytes;
                if (from == batch.pieceLength(piece)) {
                    piece = batch.nextPiece(piece);
                    from = 0;
                }
            }
            writeHeader(batch, message, LONE_SLOT, LONE_PIECE, pieces);
            allSent &= sendLone(length);
        }
        return allSent;
    }

    private boolean sendLone(int length) {
        retried = false;
        while (call(LONE_SLOT, 1) < 1) {
            if (!retry(error())) {
                counters.add(SocketCounters.SEND_DROPPED, 1);
                return false;
            }
        }
        counters.add(SocketCounters.SEND_CALLS, 1);
        counters.add(SocketCounters.SENT_MESSAGES, 1);
        counters.add(SocketCounters.SENT, 1);
        counters.add(SocketCounters.SENT_BYTES, length);
        return true;
    }

    private static long header(int slot) {
        return (long) slot * MmsgHdr.BYTES;
    }

    private static long name(int slot) {
        return NAMES + (long) slot * SockaddrIn.BYTES;
    }

    private static long control(int slot) {
        return CONTROLS + (long) slot * ControlMessage.SPACE;
    }

    private static long piece(int index) {
        return PIECES + (long) index * IoVec.BYTES;
    }
}
