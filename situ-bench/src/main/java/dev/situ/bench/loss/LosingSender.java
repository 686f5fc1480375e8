package dev.situ.bench.loss;

import dev.situ.udp.UdpSender;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Sends through a real sender, but for what is lost. Confined to the queue's poller.
final class LosingSender implements UdpSender {
    private final Losses losses;
    private @Nullable UdpSender sender;

    LosingSender(Losses losses) {
        this.losses = losses;
    }

    /// Gives this, sending through `real` from now on.
    LosingSender over(UdpSender real) {
        sender = real;
        return this;
    }

    private UdpSender real() {
        return Objects.requireNonNull(sender);
    }

    @Override
    public int maxPayload() {
        return real().maxPayload();
    }

    @Override
    public int copyBreak() {
        return real().copyBreak();
    }

    @Override
    public long claim(long peer, int length) {
        return real().claim(peer, length);
    }

    @Override
    public MemorySegment memory() {
        return real().memory();
    }

    @Override
    public void append(MemorySegment memory, long offset, int length) {
        real().append(memory, offset, length);
    }

    @Override
    public void commit() {
        if (losses.next()) {
            real().abort();
        } else {
            real().commit();
        }
    }

    @Override
    public void abort() {
        real().abort();
    }

    @Override
    public void flush() {
        real().flush();
    }
}
