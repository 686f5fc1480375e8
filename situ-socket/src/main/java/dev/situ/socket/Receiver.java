package dev.situ.socket;

import dev.situ.memory.Checks;
import dev.situ.packet.BufferPool;
import dev.situ.packet.BufferRef;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Receives messages with `recvmmsg` and cuts them into datagrams.
///
/// ```
///  headers   | slot 0 | slot 1 | ...      struct mmsghdr ──▶ pieces, names, controls of the same slot
///  pieces    | slot 0 | slot 1 | ...      one iovec ──▶ a large buffer of the pool
///  names     | slot 0 | slot 1 | ...      sockaddr_in: who sent it
///  controls  | slot 0 | slot 1 | ...      UDP_GRO: the size of the datagrams in the buffer
/// ```
///
/// 1. `recvmmsg` fills slots 0 to n - 1, each with one message.
/// 2. [#receive] turns messages into datagrams of a burst until the burst is full. What is left over waits for
///    the next call, which then makes no system call.
/// 3. [#recycle] makes the slots that were read to their end ready again. A slot whose buffer was retained gets
///    another one from the pool; [#canPin] sees to it that there is one, so receiving never starves.
///
/// Confined to the poller.
final class Receiver {
    static final int SLOTS = 64;

    private static final int PIECES = SLOTS * MmsgHdr.BYTES;
    private static final int NAMES = PIECES + SLOTS * IoVec.BYTES;
    private static final int CONTROLS = NAMES + SLOTS * SockaddrIn.BYTES;
    private static final int BYTES = CONTROLS + SLOTS * ControlMessage.SPACE;
    private static final int CACHE_LINE = 64;

    private final int fd;
    private final ReceiveBuffers owner;
    private final BufferPool pool;
    private final SocketCounters counters;
    private final MemorySegment errno = KernelCalls.newErrno();
    private final MemorySegment headers;
    private final long headersAddress;
    private final long poolAddress;
    private final long[] buffers = new long[SLOTS];
    private final boolean[] pinned = new boolean[SLOTS];
    private int pinnedCount;
    private int received;
    private int cursor;
    private int cursorBytes;
    private int recycled;

    Receiver(int fd, ReceiveBuffers owner, SocketCounters counters, Arena arena) {
        this.fd = fd;
        this.owner = owner;
        this.pool = owner.large();
        this.counters = counters;
        this.headers = arena.allocate(BYTES, CACHE_LINE);
        this.headersAddress = headers.address();
        this.poolAddress = pool.memory().address();
        for (int slot = 0; slot < SLOTS; slot++) {
            MmsgHdr.setName(headers, header(slot), headersAddress + name(slot));
            MmsgHdr.setPieces(headers, header(slot), headersAddress + piece(slot), 1);
            MmsgHdr.setControl(headers, header(slot), headersAddress + control(slot));
            arm(slot);
            reset(slot);
        }
    }

    /// Fills the burst with what waits, at most until it is full.
    ///
    /// @return the number of datagrams in the burst
    int receive(SocketBurst burst) {
        if (cursor == received && !receiveMessages()) {
            return 0;
        }
        while (cursor < received && !burst.isFull()) {
            readMessage(burst);
        }
        return burst.size();
    }

    /// Whether messages were received that no burst has carried yet.
    boolean hasPending() {
        return cursor < received;
    }

    /// Makes the slots that were read to their end ready for the kernel.
    void recycle() {
        while (recycled < cursor) {
            recycle(recycled++);
        }
    }

    /// The bytes that slot `slot` received.
    int usedBytes(int slot) {
        return MmsgHdr.length(headers, header(slot));
    }

    /// Whether the buffer of the slot can be kept and another one put in its place.
    boolean canPin(int slot) {
        return pinned[slot] || pool.free() > pinnedCount;
    }

    /// Notes that somebody else holds the slot's buffer now.
    void pin(int slot) {
        if (!pinned[slot]) {
            pinned[slot] = true;
            pinnedCount++;
        }
    }

    private boolean receiveMessages() {
        cursor = 0;
        recycled = 0;
        received = 0;
        int n = KernelCalls.recvmmsg(errno, fd, headersAddress, SLOTS, MmsgHdr.MSG_DONTWAIT);
        if (n <= 0) {
            int error = KernelCalls.errno(errno);
            if (error != Errno.EAGAIN && error != Errno.EINTR) {
                counters.add(SocketCounters.RECEIVE_ERRORS, 1);
            }
            return false;
        }
        received = n;
        counters.add(SocketCounters.RECEIVE_CALLS, 1);
        counters.add(SocketCounters.RECEIVED_MESSAGES, n);
        return true;
    }

    private void readMessage(SocketBurst burst) {
        int slot = cursor;
        int length = MmsgHdr.length(headers, header(slot));
        if ((MmsgHdr.flags(headers, header(slot)) & MmsgHdr.MSG_TRUNC) != 0) {
            counters.add(SocketCounters.RECEIVE_TRUNCATED, 1);
            cursorBytes = length;
        } else {
            cursorBytes = readDatagrams(burst, slot, length, cursorBytes);
        }
        if (cursorBytes == length) {
            cursor++;
            cursorBytes = 0;
        }
    }

    /// Adds datagrams to the burst from byte `from` of the message on, and gives the byte that it came to.
    private int readDatagrams(SocketBurst burst, int slot, int length, int from) {
        long buffer = buffers[slot];
        long start = pool.offset(buffer);
        long peer = SockaddrIn.peer(headers, name(slot));
        int segment = ControlMessage.groSegment(headers, control(slot), MmsgHdr.controlLength(headers, header(slot)));
        if (segment <= 0 || segment > length) {
            segment = length;
        }
        int at = from;
        do {
            int bytes = Math.min(segment, length - at);
            burst.add(slot, buffer, start + at, bytes, peer);
            at += bytes;
        } while (at < length && !burst.isFull());
        return at;
    }

    private void recycle(int slot) {
        if (pinned[slot]) {
            pinned[slot] = false;
            pinnedCount--;
            owner.releaseOwn(buffers[slot]);
            arm(slot);
        } else if (Checks.ON) {
            // It was only lent: who kept a view into it is found out.
            pool.overwrite(buffers[slot], usedBytes(slot));
        }
        reset(slot);
    }

    /// Puts a free buffer into the slot.
    private void arm(int slot) {
        long buffer = pool.take();
        if (buffer == BufferRef.NONE) {
            throw new IllegalStateException("no free receive buffer, though one was set aside for each slot");
        }
        buffers[slot] = buffer;
        IoVec.set(headers, piece(slot), poolAddress + pool.offset(buffer), pool.bufferBytes());
    }

    /// Sets what the kernel overwrote.
    private void reset(int slot) {
        MmsgHdr.setNameLength(headers, header(slot), SockaddrIn.BYTES);
        MmsgHdr.setControlLength(headers, header(slot), ControlMessage.SPACE);
    }

    private static long header(int slot) {
        return (long) slot * MmsgHdr.BYTES;
    }

    private static long piece(int slot) {
        return PIECES + (long) slot * IoVec.BYTES;
    }

    private static long name(int slot) {
        return NAMES + (long) slot * SockaddrIn.BYTES;
    }

    private static long control(int slot) {
        return CONTROLS + (long) slot * ControlMessage.SPACE;
    }
}
