package dev.situ.r2p2;

import dev.situ.memory.BufferSource;
import dev.situ.memory.SliceLender;
import dev.situ.memory.SliceList;
import dev.situ.udp.UdpBurst;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Lends the payload of a request of one packet: it is kept if its datagram can be kept where it lies, which is
/// asked only then. Reused; confined to one thread.
final class LoneDatagram implements SliceLender {
    private @Nullable UdpBurst burst;
    private int datagram;

    /// Puts the payload of a datagram into an empty list.
    ///
    /// @param from borrowed until the list is done with
    /// @param headerBytes what stands in front of the payload
    void lend(UdpBurst from, int index, int headerBytes, SliceList to) {
        int payload = from.length(index) - headerBytes;
        to.add(from.memory(index), from.offset(index) + headerBytes, payload, SliceList.NO_OWNER);
        burst = from;
        datagram = index;
        to.setLender(this);
    }

    @Override
    public BufferSource source() {
        return Objects.requireNonNull(burst).source();
    }

    @Override
    public long keep(int slice) {
        UdpBurst from = Objects.requireNonNull(burst);
        long handle = from.retainsInPlace(datagram) ? from.retain(datagram) : UdpBurst.NOT_RETAINED;
        return handle == UdpBurst.NOT_RETAINED ? NOT_KEPT : handle;
    }
}
