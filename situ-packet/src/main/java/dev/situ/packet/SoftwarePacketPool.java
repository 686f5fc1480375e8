package dev.situ.packet;

import dev.situ.memory.Consumes;
import dev.situ.memory.HugePages;
import dev.situ.memory.Region;
import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;
import org.checkerframework.checker.mustcall.qual.InheritableMustCall;
import org.checkerframework.checker.mustcall.qual.Owning;

/// A pool of packets in ordinary memory, for ports that are no driver.
///
/// ```
///  0        128
///  | head .. | descriptor, private, buffer | pad | descriptor, private, buffer | pad | ...
///     |                  ^ index 0                           ^ index 1
///     top of the stack, number of free ones, changes (FreeHead)
/// ```
///
/// Free packets form a stack, linked through a field of the descriptor that DPDK leaves to its users. Many are taken
/// or given back in one compare-and-set. Packets lie an odd number of cache lines apart, so that their first lines
/// do not share a few cache sets. Lock-free, from any thread.
@InheritableMustCall("close")
public final class SoftwarePacketPool extends PacketPool implements AutoCloseable {
    /// A buffer for a whole Ethernet packet behind its headroom, as DPDK's default: 2176 bytes.
    public static final int DEFAULT_BUFFER_BYTES = 2048 + PacketLayout.HEADROOM;

    private static final int LINE_BYTES = 64;
    private static final long HEAD = 0;
    private static final long FIRST = 2 * LINE_BYTES;
    /// In `dynfield1`.
    private static final int LINK = 120;
    /// In `dynfield1`: the number of the packet.
    private static final int INDEX = 124;

    @SuppressWarnings("required.method.not.called") // close() leaves it mapped while somebody holds a packet
    private final @Owning Region region;

    private final long stride;
    private boolean closed;

    private SoftwarePacketPool(@Owning Region region, int packets, int bufferBytes, long stride, boolean traced) {
        super(region.memory(), packets, bufferBytes, traced);
        this.region = region;
        this.stride = stride;
        MemorySegment m = memory();
        for (int i = 0; i < packets; i++) {
            long at = descriptor(i);
            Words.setLong(m, at + PacketLayout.BUF_ADDR, m.address() + at + PacketLayout.BUFFER);
            Words.setShort(m, at + PacketLayout.BUF_LEN, (short) bufferBytes);
            Words.setShort(m, at + PacketLayout.PRIV_SIZE, (short) PacketLayout.PRIVATE_BYTES);
            Words.setLong(m, at + PacketLayout.DATA_OFF, PacketLayout.RESET_WORD);
            Words.setInt(m, at + INDEX, i);
            Words.setInt(m, at + LINK, i + 1 < packets ? i + 1 : FreeHead.EMPTY);
        }
        Words.setLongVolatile(m, HEAD, FreeHead.of(0, packets, 0));
    }

    /// Makes a pool of `packets` packets of up to 2048 bytes.
    public static SoftwarePacketPool of(int packets) {
        return of(packets, DEFAULT_BUFFER_BYTES, true);
    }

    /// Makes a pool.
    ///
    /// @param packets 1 to 1048575
    /// @param bufferBytes the bytes of each buffer, with a headroom of [PacketLayout#HEADROOM]: up to 65535
    /// @param traced whether checked mode keeps stack traces; see [PacketPool]
    /// @throws dev.situ.memory.RegionException if there is no such memory
    public static SoftwarePacketPool of(int packets, int bufferBytes, boolean traced) {
        if (packets < 1 || packets > FreeHead.MAX_BUFFERS) {
            throw new IllegalArgumentException("a pool has 1 to " + FreeHead.MAX_BUFFERS + " packets: " + packets);
        }
        long lines = (PacketLayout.BUFFER + (long) bufferBytes + LINE_BYTES - 1) / LINE_BYTES;
        long stride = (lines | 1) * LINE_BYTES;
        Region region = Region.reserve(FIRST + packets * stride, HugePages.TRANSPARENT);
        try {
            return new SoftwarePacketPool(region, packets, bufferBytes, stride, traced);
        } catch (IllegalArgumentException e) {
            region.close();
            throw e;
        }
    }

    @Override
    protected long takeFree() {
        MemorySegment m = memory();
        while (true) {
            long head = Words.getLongAcquire(m, HEAD);
            int index = FreeHead.top(head);
            if (index == FreeHead.EMPTY) {
                return 0;
            }
            long at = descriptor(index);
            if (Words.compareAndSetLong(m, HEAD, head, FreeHead.popped(head, Words.getIntOpaque(m, at + LINK)))) {
                return at;
            }
        }
    }

    @Override
    protected void giveFree(@Consumes long descriptor) {
        link(descriptor, index(descriptor), 1);
    }

    @Override
    protected int takeFree(long[] into, int from, int count) {
        MemorySegment m = memory();
        while (true) {
            long head = Words.getLongAcquire(m, HEAD);
            int index = FreeHead.top(head);
            int taken = 0;
            // Others may pop these and change their links meanwhile; then the head has changed.
            while (taken < count && index != FreeHead.EMPTY) {
                long at = descriptor(index);
                into[from + taken] = at;
                index = Words.getIntOpaque(m, at + LINK);
                taken++;
            }
            if (taken == 0 || Words.compareAndSetLong(m, HEAD, head, FreeHead.popped(head, taken, index))) {
                return taken;
            }
        }
    }

    @Override
    protected void giveFree(long[] descriptors, int from, int count) {
        if (count == 0) {
            return;
        }
        MemorySegment m = memory();
        for (int i = from; i < from + count - 1; i++) {
            Words.setIntOpaque(m, descriptors[i] + LINK, index(descriptors[i + 1]));
        }
        link(descriptors[from + count - 1], index(descriptors[from]), count);
    }

    /// Puts a list of `count` descriptors, linked from packet `first` to `last`, on the stack.
    private void link(long last, int first, int count) {
        MemorySegment m = memory();
        while (true) {
            long head = Words.getLongAcquire(m, HEAD);
            Words.setIntOpaque(m, last + LINK, FreeHead.top(head));
            if (Words.compareAndSetLong(m, HEAD, head, FreeHead.pushed(head, count, first))) {
                return;
            }
        }
    }

    @Override
    protected int taken() {
        return packets() - FreeHead.free(Words.getLongAcquire(memory(), HEAD));
    }

    @Override
    protected long descriptorAt(long offset) {
        long index = (offset - FIRST) / stride;
        if (offset < FIRST || index >= packets()) {
            return 0;
        }
        long at = descriptor((int) index);
        long inBuffer = offset - at - PacketLayout.BUFFER;
        return inBuffer >= 0 && inBuffer < bufferBytes() ? at : 0;
    }

    private int index(long at) {
        return Words.getInt(memory(), at + INDEX);
    }

    private long descriptor(int index) {
        return FIRST + index * stride;
    }

    /// Frees the memory. To be called when nobody holds or takes a packet any more.
    ///
    /// @throws IllegalStateException if packets are held; the memory stays then, and the cause is where one of them
    ///         was taken, if checked mode knows
    @Override
    public void close() {
        if (closed) {
            return;
        }
        int held = outstanding();
        if (held != 0) {
            throw new IllegalStateException(held + " packets of the pool are still held", traceOfHeld());
        }
        closed = true;
        region.close();
    }
}
