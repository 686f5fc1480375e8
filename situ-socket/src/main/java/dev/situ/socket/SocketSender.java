package dev.situ.socket;

import dev.situ.memory.Words;
import dev.situ.udp.UdpSender;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// Sends datagrams of one bound socket.
///
/// Claims are cut one after another from a transmit area, which starts anew with each flush; so the datagrams of
/// a reply burst touch, and the kernel gets them as one piece. Short appended bytes are copied there too: a piece
/// of its own costs the kernel more than a few lines of copying. Long ones are referred to where they lie.
final class SocketSender implements UdpSender {
    /// Appended bytes are copied up to this length. Measured, copying wins up to a whole datagram, by less and
    /// less; full datagrams of a large value are referred to all the same, so that the kernel's copy is the only
    /// one.
    static final int COPIED_BYTES = 1024;

    private static final int AREA_BYTES = 512 * 1024;
    private static final int CACHE_LINE = 64;

    private final int maxPayload;
    private final SocketCounters counters;
    private final Confinement confinement;
    private final Batch batch;
    private final Transmitter transmitter;
    private final MemorySegment area;
    private final long areaAddress;
    private int areaTop;
    private int claimAt;
    private long claimPeer;
    private boolean claimed;

    SocketSender(
            int maxPayload,
            Batch batch,
            Transmitter transmitter,
            SocketCounters counters,
            Confinement confinement,
            Arena arena) {
        this.maxPayload = maxPayload;
        this.counters = counters;
        this.confinement = confinement;
        this.batch = batch;
        this.transmitter = transmitter;
        this.area = arena.allocate(AREA_BYTES, CACHE_LINE);
        this.areaAddress = area.address();
    }

    @Override
    public int maxPayload() {
        return maxPayload;
    }

    @Override
    public int copyBreak() {
        return COPIED_BYTES;
    }

    @Override
    public long claim(long peer, int length) {
        confinement.require("sent through");
        if (claimed) {
            throw new IllegalStateException("the datagram claimed before was neither committed nor aborted");
        }
        if (length < 0 || length > maxPayload) {
            counters.add(SocketCounters.SEND_DROPPED, 1);
            return NO_ROOM;
        }
        if (areaTop + maxPayload > AREA_BYTES || !batch.hasRoom()) {
            flush();
        }
        claimed = true;
        claimPeer = peer;
        claimAt = areaTop;
        batch.begin();
        if (length > 0) {
            batch.add(areaAddress + areaTop, length);
            areaTop += length;
        }
        return claimAt;
    }

    @Override
    public MemorySegment memory() {
        return area;
    }

    @Override
    public void append(MemorySegment memory, long offset, int length) {
        requireClaim();
        Objects.checkFromIndexSize(offset, length, memory.byteSize());
        if (batch.datagramBytes() + length > maxPayload) {
            throw new IllegalArgumentException("a datagram of " + ((long) batch.datagramBytes() + length)
                    + " bytes is over the limit of " + maxPayload);
        }
        if (length == 0) {
            return;
        }
        if (length <= COPIED_BYTES || !memory.isNative() || !batch.hasPieceRoom()) {
            // There is room: a claim sets the largest payload aside.
            Words.copy(memory, offset, area, areaTop, length);
            batch.add(areaAddress + areaTop, length);
            areaTop += length;
        } else {
            batch.add(memory.address() + offset, length);
        }
    }

    @Override
    public void commit() {
        requireClaim();
        claimed = false;
        batch.commit(claimPeer);
    }

    @Override
    public void abort() {
        requireClaim();
        claimed = false;
        areaTop = claimAt;
        batch.abort();
    }

    @Override
    public void flush() {
        confinement.require("flushed");
        if (claimed) {
            throw new IllegalStateException("flush between claim and commit");
        }
        if (batch.size() > 0) {
            transmitter.send(batch);
            batch.clear();
        }
        areaTop = 0;
    }

    /// Aborts what a handler that threw left claimed.
    void abortOpen() {
        if (claimed) {
            abort();
        }
    }

    private void requireClaim() {
        if (!claimed) {
            throw new IllegalStateException("no datagram is claimed");
        }
    }
}
