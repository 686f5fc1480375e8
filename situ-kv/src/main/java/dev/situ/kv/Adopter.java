package dev.situ.kv;

import dev.situ.memory.BufferSource;
import dev.situ.memory.SliceLender;
import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import dev.situ.resp.RespWriter;
import dev.situ.store.Adoption;
import dev.situ.store.Record;
import dev.situ.store.Store;
import dev.situ.store.StoreWorker;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Lets a value of a request stay in the packets that brought it, with its frame, instead of copying it.
///
/// ```
///   packet 1   *3 SET key $2900 |  first bytes of the value |
///   packet 2                    |  more of them             |     the slices that are adopted
///   packet 3                    |  the rest, CR LF          |  next command
/// ```
///
/// Places are counted from the request's first byte. A value that cannot be adopted is left to be copied, whatever
/// the reason: the policy says no, buffers are short, its frame is not as Situ would write it. One for each worker;
/// confined to its thread.
final class Adopter {
    private final Store store;
    private final StoreWorker worker;
    private final Adoption adoption = new Adoption();
    private final MemorySegment frame = Arena.ofAuto().allocate(Record.MAX_FRAME_HEAD_BYTES + 1);
    private final int leastBytes;

    private SliceList request = new SliceList();
    private @Nullable SliceLender lender;
    // The slice that was looked at last, and where it starts in the request.
    private int slice;
    private long start;
    private int source;
    private @Nullable BufferSource registered;

    Adopter(Store store, StoreWorker worker) {
        this.store = store;
        this.worker = worker;
        this.leastBytes = Math.max(1, store.adoption().minBytesAPacket());
    }

    /// Begins a request, borrowed until [#end].
    void begin(SliceList slices) {
        request = slices;
        lender = slices.lender();
        slice = 0;
        start = 0;
    }

    /// Ends the request: nothing can be adopted until the next one begins.
    void end() {
        lender = null;
    }

    /// Whether a value of `length` bytes might be adopted. Cheap.
    boolean mayAdopt(int length) {
        return lender != null && length >= leastBytes;
    }

    /// Whether the request holds a value that starts at a place.
    boolean holds(long place, int length) {
        return place >= 0 && place + length <= request.length();
    }

    /// Adopts a value.
    ///
    /// @param at where the value starts, counted from the request's first byte
    /// @return an unpublished record, the caller's; or [Record#NONE]: it is to be copied
    long adopt(MemorySegment key, long keyOffset, int keyLength, long at, int length) {
        SliceLender from = lender;
        int head = Framing.headBytes(length);
        long first = at - head;
        long end = at + length + Record.FRAME_TAIL_BYTES;
        if (from == null || first < 0 || end > request.length() || !seek(first) || !isFramed(first, length, head)) {
            return Record.NONE;
        }
        BufferSource buffers = from.source();
        if (!store.adoption().adopts(length, slicesUpTo(end), 0, buffers)) {
            return Record.NONE;
        }
        adoption.begin(numberOf(buffers), head);
        if (!keep(from, first, end) || !store.adoption().adopts(length, adoption.size(), heldBytes(buffers), buffers)) {
            giveBack(buffers);
            return Record.NONE;
        }
        long record = worker.adopt(key, keyOffset, keyLength, adoption);
        if (record == Record.NONE) {
            giveBack(buffers);
        }
        return record;
    }

    /// Moves to the slice that holds a place. Places only go up within a request.
    private boolean seek(long place) {
        while (slice < request.size() && place >= start + request.length(slice)) {
            start += request.length(slice);
            slice++;
        }
        return slice < request.size() && place >= start;
    }

    private int slicesUpTo(long end) {
        int last = slice;
        for (long at = start + request.length(slice); at < end; at += request.length(last)) {
            last++;
        }
        return last - slice + 1;
    }

    /// Whether the value's frame is byte for byte what a reply would have.
    private boolean isFramed(long first, int length, int head) {
        RespWriter.bulkHeader(frame, 0, length);
        RespWriter.lineEnd(frame, head);
        int index = slice;
        long indexStart = start;
        for (int i = 0; i < head + Record.FRAME_TAIL_BYTES; i++) {
            long place = i < head ? first + i : first + length + i;
            while (place >= indexStart + request.length(index)) {
                indexStart += request.length(index++);
            }
            long offset = request.offset(index) + place - indexStart;
            if (Words.getByte(request.memory(index), offset) != Words.getByte(frame, i)) {
                return false;
            }
        }
        return true;
    }

    private boolean keep(SliceLender from, long first, long end) {
        long memory = from.source().memory().address();
        int index = slice;
        for (long at = first, indexStart = start; at < end; index++) {
            long buffer = from.keep(index);
            if (buffer == SliceLender.NOT_KEPT) {
                return false;
            }
            long sliceEnd = indexStart + request.length(index);
            int bytes = (int) (Math.min(sliceEnd, end) - at);
            long address = request.memory(index).address() + request.offset(index) + (at - indexStart);
            adoption.add(buffer, address - memory, bytes);
            at += bytes;
            indexStart = sliceEnd;
        }
        return true;
    }

    private long heldBytes(BufferSource buffers) {
        long held = 0;
        for (int i = 0; i < adoption.size(); i++) {
            if (i == 0 || adoption.buffer(i) != adoption.buffer(i - 1)) {
                held += buffers.heldBytes(adoption.buffer(i));
            }
        }
        return held;
    }

    private void giveBack(BufferSource buffers) {
        for (int i = 0; i < adoption.size(); i++) {
            buffers.release(adoption.buffer(i));
        }
    }

    private int numberOf(BufferSource buffers) {
        if (!buffers.equals(registered)) {
            source = store.register(buffers);
            registered = buffers;
        }
        return source;
    }
}
