package dev.situ.memory;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// An ordered list of slices of memory that together are one message: a request that came in several packets, or a
/// reply made of a formatted head, a stored value and a tail. What `struct iovec[]` is to `writev`, without the
/// objects.
///
/// ```
///  index      0                 1                       2
///  memory     scratch           region                  scratch
///  bytes      $300000\r\n       <the stored value>      \r\n
///  owner      NO_OWNER          record 0x7f40           NO_OWNER
/// ```
///
/// A slice is *borrowed*: the list never owns the memory. How long it may be read is told by its **owner**:
/// - [#NO_OWNER]: only until control returns to whoever filled the list. Who needs the bytes longer copies them.
/// - any other value names what holds the bytes (a record of the store, a packet buffer), in the words of whoever
///   filled the list; the bytes stay readable until the end of the current burst, and longer if the owner is retained.
///
/// A list of what arrived may have a [#lender()], by which slices can be kept whatever their owner says.
///
/// The list is reused: it grows when it must and allocates nothing in steady state. Confined to one thread.
public final class SliceList {
    /// The owner of bytes that are gone when control returns to whoever filled the list.
    public static final long NO_OWNER = 0;

    private static final int INITIAL_SLICES = 16;

    private MemorySegment[] memory = new MemorySegment[INITIAL_SLICES];
    private long[] offsets = new long[INITIAL_SLICES];
    private int[] lengths = new int[INITIAL_SLICES];
    private long[] owners = new long[INITIAL_SLICES];
    private int size;
    private long length;
    private long ownedLength;
    private @Nullable SliceLender lender;

    /// Makes an empty list with room for a few slices.
    public SliceList() {}

    /// Appends `length` bytes of `memory` from `offset` on. A slice of 0 bytes is left out.
    ///
    /// @param owner what holds the bytes, or [#NO_OWNER]
    /// @throws IndexOutOfBoundsException if the bytes are not all inside `memory`
    public void add(MemorySegment memory, long offset, int length, long owner) {
        Objects.checkFromIndexSize(offset, length, memory.byteSize());
        if (length == 0) {
            return;
        }
        if (size == lengths.length) {
            grow();
        }
        this.memory[size] = memory;
        offsets[size] = offset;
        lengths[size] = length;
        owners[size] = owner;
        size++;
        this.length += length;
        if (owner != NO_OWNER) {
            ownedLength += length;
        }
    }

    /// Appends all slices of another list, with their owners.
    public void addAll(SliceList other) {
        int count = other.size;
        while (lengths.length - size < count) {
            grow();
        }
        for (int i = 0; i < count; i++) {
            memory[size] = other.memory[i];
            offsets[size] = other.offsets[i];
            lengths[size] = other.lengths[i];
            owners[size] = other.owners[i];
            size++;
        }
        length += other.length;
        ownedLength += other.ownedLength;
    }

    /// The number of slices.
    public int size() {
        return size;
    }

    /// The bytes of all slices together.
    public long length() {
        return length;
    }

    /// The bytes of all slices together that have no owner.
    public long unownedLength() {
        return length - ownedLength;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /// The memory that slice `index` lies in.
    public MemorySegment memory(int index) {
        return memory[Objects.checkIndex(index, size)];
    }

    /// Where slice `index` starts in its memory.
    public long offset(int index) {
        return offsets[Objects.checkIndex(index, size)];
    }

    /// The bytes of slice `index`: at least 1.
    public int length(int index) {
        return lengths[Objects.checkIndex(index, size)];
    }

    /// What holds the bytes of slice `index`, or [#NO_OWNER].
    public long owner(int index) {
        return owners[Objects.checkIndex(index, size)];
    }

    /// Who lent the slices and lets them be kept, or null if they cannot be.
    public @Nullable SliceLender lender() {
        return lender;
    }

    /// Says who lent the slices.
    public void setLender(SliceLender lender) {
        this.lender = lender;
    }

    /// Says that slice `index`, its length unchanged, lies elsewhere now.
    public void move(int index, MemorySegment to, long offset) {
        Objects.checkFromIndexSize(offset, length(index), to.byteSize());
        memory[index] = to;
        offsets[index] = offset;
    }

    /// Forgets all slices, and who lent them.
    public void clear() {
        size = 0;
        length = 0;
        ownedLength = 0;
        lender = null;
    }

    /// Copies the bytes of all slices, in order, to `to`.
    ///
    /// @throws IndexOutOfBoundsException if [#length()] bytes do not fit
    public void copyTo(MemorySegment to, long toOffset) {
        long at = toOffset;
        for (int i = 0; i < size; i++) {
            Words.copy(memory[i], offsets[i], to, at, lengths[i]);
            at += lengths[i];
        }
    }

    private void grow() {
        int slices = lengths.length * 2;
        MemorySegment[] grown = new MemorySegment[slices];
        System.arraycopy(memory, 0, grown, 0, size);
        memory = grown;
        offsets = Arrays.copyOf(offsets, slices);
        lengths = Arrays.copyOf(lengths, slices);
        owners = Arrays.copyOf(owners, slices);
    }
}
