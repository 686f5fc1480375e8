package dev.situ.testkit;

import dev.situ.memory.Words;
import dev.situ.udp.UdpSender;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Sends over a lossy line, and what comes out of it through a real sender. Limits and the order of calls are
/// checked as strictly as the real one does.
final class LossySender implements UdpSender {
    private final UdpSender real;
    private final LossyLine line;
    private final MemorySegment area;
    private final List<Datagram> committed = new ArrayList<>();
    private long peer;
    private int length = -1;

    LossySender(UdpSender real, LossyLine line) {
        this.real = real;
        this.line = line;
        this.area = Arena.ofAuto().allocate(real.maxPayload());
    }

    @Override
    public int maxPayload() {
        return real.maxPayload();
    }

    @Override
    public int copyBreak() {
        return real.copyBreak();
    }

    @Override
    public long claim(long peer, int length) {
        if (this.length >= 0) {
            throw new IllegalStateException("the datagram claimed before was neither committed nor aborted");
        }
        if (length < 0 || length > maxPayload()) {
            return real.claim(peer, length);
        }
        this.peer = peer;
        this.length = length;
        return 0;
    }

    @Override
    public MemorySegment memory() {
        return area;
    }

    @Override
    public void append(MemorySegment memory, long offset, int length) {
        requireClaim();
        if (this.length + length > maxPayload()) {
            throw new IllegalArgumentException(
                    "a datagram of " + ((long) this.length + length) + " bytes is over the limit of " + maxPayload());
        }
        Words.copy(memory, offset, area, this.length, length);
        this.length += length;
    }

    @Override
    public void commit() {
        requireClaim();
        committed.add(Datagram.copyOf(peer, area, 0, length));
        length = -1;
    }

    @Override
    public void abort() {
        requireClaim();
        length = -1;
    }

    @Override
    public void flush() {
        if (length >= 0) {
            throw new IllegalStateException("flush between claim and commit");
        }
        committed.forEach(line::send);
        committed.clear();
        turn();
    }

    /// Lets the line go on by one turn.
    void turn() {
        for (Datagram datagram : line.turn()) {
            long at = real.claim(datagram.peer(), datagram.length());
            if (at != NO_ROOM) {
                Words.copy(datagram.bytes(), 0, real.memory(), at, datagram.length());
                real.commit();
            }
        }
        real.flush();
    }

    /// Aborts what a handler that threw left claimed.
    void abortOpen() {
        length = -1;
    }

    boolean hasWaiting() {
        return line.hasWaiting();
    }

    private void requireClaim() {
        if (length < 0) {
            throw new IllegalStateException("no datagram is claimed");
        }
    }
}
