package dev.situ.r2p2;

import dev.situ.memory.BufferSource;
import dev.situ.memory.Checks;
import dev.situ.memory.SliceLender;
import dev.situ.memory.SliceList;
import dev.situ.udp.UdpBurst;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The packets of one message that have arrived: each kept where the stack received it, none copied. They may come
/// in any order and more than once.
///
/// Every packet but the one that completes the message is retained ([UdpBurst#retain]); the completing one is still
/// borrowed from the burst that is being handled, so [#slices] is to be read before that burst ends. [#release]
/// gives everything back; who keeps a packet ([#keep]) has a reference of its own. Reused; confined to one thread.
final class PartialMessage implements SliceLender {
    /// What became of a packet.
    enum Added {
        /// It is kept; more are missing.
        KEPT,
        /// The message is complete.
        COMPLETE,
        /// It was here before.
        DUPLICATE,
        /// Its index does not fit the message.
        MISFIT,
        /// The stack has no buffer to keep it in: the message cannot be completed.
        NO_BUFFER
    }

    private static final int INITIAL_PACKETS = 8;
    private static final int KEPT_PACKETS = 256;
    private static final int ABSENT = -1;
    private static final int UNKNOWN = 0;

    private final int headerBytes;
    private @Nullable UdpBurst burst;
    private MemorySegment[] memory = new MemorySegment[INITIAL_PACKETS];
    private long[] offsets = new long[INITIAL_PACKETS];
    private int[] lengths = absent(INITIAL_PACKETS);
    private long[] handles = new long[INITIAL_PACKETS];
    private int completing;
    private boolean isWhole = true;
    private @Nullable SliceList lent;
    private int end;
    private int firstMissing;
    private int received;
    private int expected = UNKNOWN;

    /// @param headerBytes what stands in front of the payload of each packet
    PartialMessage(int headerBytes) {
        this.headerBytes = headerBytes;
    }

    /// Says how many packets the message has. Once, before or after others have come.
    ///
    /// @return whether the packets that have come fit
    boolean expect(int packets) {
        expected = packets;
        return end <= packets;
    }

    boolean countKnown() {
        return expected != UNKNOWN;
    }

    boolean isEmpty() {
        return received == 0;
    }

    /// The index of the first packet that is not here.
    int firstMissing() {
        return firstMissing;
    }

    /// One more than the highest index that is here.
    int end() {
        return end;
    }

    boolean has(int index) {
        return index < end && lengths[index] != ABSENT;
    }

    /// Adds a packet of the reliable mode, whose header begins with the word `first`: the payload of datagram
    /// `datagram` behind its header. One that contradicts others, or is further ahead than a sender may be, is a
    /// misfit.
    Added add(long first, UdpBurst from, int datagram) {
        boolean isLast = R2p2Header.last(first);
        int index = ReliableHeader.index(first);
        boolean tellsCount = isLast || R2p2Header.first(first);
        return accepts(index, tellsCount, ReliableHeader.leastPackets(first))
                ? add(index, isLast, from, datagram)
                : Added.MISFIT;
    }

    private boolean accepts(int index, boolean tellsCount, int count) {
        if (index >= firstMissing + OutgoingMessage.SPAN) {
            return false;
        }
        if (!tellsCount || countKnown()) {
            return !tellsCount || count == expected;
        }
        return expectAtLeast(count);
    }

    private boolean expectAtLeast(int count) {
        if (count < end) {
            return false;
        }
        expected = count;
        return true;
    }

    /// Adds packet `index`: the payload of datagram `datagram` behind its header.
    Added add(int index, boolean last, UdpBurst from, int datagram) {
        if (expected != UNKNOWN && (index >= expected || last != (index == expected - 1))) {
            return Added.MISFIT;
        }
        if (has(index)) {
            return Added.DUPLICATE;
        }
        int length = from.length(datagram) - headerBytes;
        boolean completes = received + 1 == expected;
        completing = datagram;
        long handle = UdpBurst.NOT_RETAINED;
        if (!completes && length > 0) {
            handle = from.retain(datagram);
            if (handle == UdpBurst.NOT_RETAINED) {
                return Added.NO_BUFFER;
            }
        }
        burst = from;
        isWhole &= length > 0;
        keep(index, from.memory(datagram), from.offset(datagram) + headerBytes, length, handle);
        return completes ? Added.COMPLETE : Added.KEPT;
    }

    private void keep(int index, MemorySegment in, long offset, int length, long handle) {
        if (index >= lengths.length) {
            grow(index + 1);
        }
        memory[index] = in;
        offsets[index] = offset;
        lengths[index] = length;
        handles[index] = handle;
        end = Math.max(end, index + 1);
        received++;
        while (has(firstMissing)) {
            firstMissing++;
        }
    }

    /// Appends the payloads of a complete message, in order, to an empty list. Owner: [SliceList#NO_OWNER]. They may
    /// be kept: the packets lend them.
    void slices(SliceList to) {
        if (Checks.ON && received != expected) {
            throw new IllegalStateException(received + " of " + expected + " packets");
        }
        for (int i = 0; i < end; i++) {
            to.add(memory[i], offsets[i], lengths[i], SliceList.NO_OWNER);
        }
        // An empty packet has no slice: then slices and packets have not the same numbers.
        if (isWhole && burst != null) {
            lent = to;
            to.setLender(this);
        }
    }

    @Override
    public BufferSource source() {
        return Objects.requireNonNull(burst).source();
    }

    /// Gives a reference to packet `index` beside the message's own.
    @Override
    public long keep(int index) {
        if (burst == null || lent == null) {
            return NOT_KEPT;
        }
        long handle = handles[index];
        if (handle != UdpBurst.NOT_RETAINED) {
            burst.source().retain(handle);
            return handle;
        }
        // The packet that completed the message: the burst has it still.
        handle = burst.retain(completing);
        if (handle != UdpBurst.NOT_RETAINED) {
            lent.move(index, burst.memory(completing), burst.offset(completing) + headerBytes);
        }
        return handle == UdpBurst.NOT_RETAINED ? NOT_KEPT : handle;
    }

    /// Gives back every packet; the message is empty again.
    void release() {
        for (int i = 0; i < end; i++) {
            if (lengths[i] != ABSENT && handles[i] != UdpBurst.NOT_RETAINED && burst != null) {
                burst.release(handles[i]);
            }
            lengths[i] = ABSENT;
        }
        Arrays.fill(memory, 0, end, MemorySegment.NULL);
        burst = null;
        lent = null;
        isWhole = true;
        end = 0;
        firstMissing = 0;
        received = 0;
        expected = UNKNOWN;
        if (lengths.length > KEPT_PACKETS) {
            allocate(INITIAL_PACKETS);
        }
    }

    private void allocate(int packets) {
        memory = new MemorySegment[packets];
        offsets = new long[packets];
        lengths = absent(packets);
        handles = new long[packets];
    }

    private void grow(int packets) {
        MemorySegment[] oldMemory = memory;
        long[] oldOffsets = offsets;
        int[] oldLengths = lengths;
        long[] oldHandles = handles;
        allocate(Math.max(packets, oldLengths.length * 2));
        System.arraycopy(oldMemory, 0, memory, 0, end);
        System.arraycopy(oldOffsets, 0, offsets, 0, end);
        System.arraycopy(oldLengths, 0, lengths, 0, end);
        System.arraycopy(oldHandles, 0, handles, 0, end);
    }

    private static int[] absent(int packets) {
        int[] lengths = new int[packets];
        Arrays.fill(lengths, ABSENT);
        return lengths;
    }
}
