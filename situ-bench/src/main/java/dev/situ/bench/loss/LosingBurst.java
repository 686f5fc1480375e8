package dev.situ.bench.loss;

import dev.situ.memory.BufferSource;
import dev.situ.memory.Consumes;
import dev.situ.udp.UdpBurst;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What is left of a burst. Reused; confined to the queue's poller.
final class LosingBurst implements UdpBurst {
    private final Losses losses;
    private @Nullable UdpBurst burst;
    private int[] left = new int[64];
    private int size;

    LosingBurst(Losses losses) {
        this.losses = losses;
    }

    /// Begins with the datagrams of a burst, borrowed for as long as its handler runs, that are not lost.
    void choose(UdpBurst real) {
        burst = real;
        size = 0;
        if (real.size() > left.length) {
            left = new int[real.size()];
        }
        for (int i = 0; i < real.size(); i++) {
            if (!losses.next()) {
                left[size++] = i;
            }
        }
    }

    private UdpBurst real() {
        return Objects.requireNonNull(burst);
    }

    private int at(int index) {
        return left[Objects.checkIndex(index, size)];
    }

    @Override
    public int queue() {
        return real().queue();
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public MemorySegment memory(int index) {
        return real().memory(at(index));
    }

    @Override
    public long offset(int index) {
        return real().offset(at(index));
    }

    @Override
    public int length(int index) {
        return real().length(at(index));
    }

    @Override
    public long peer(int index) {
        return real().peer(at(index));
    }

    @Override
    public long retain(int index) {
        return real().retain(at(index));
    }

    @Override
    public boolean retainsInPlace(int index) {
        return real().retainsInPlace(at(index));
    }

    @Override
    public BufferSource source() {
        return real().source();
    }

    @Override
    public void release(@Consumes long handle) {
        real().release(handle);
    }
}
