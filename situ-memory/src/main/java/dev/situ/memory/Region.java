package dev.situ.memory;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.checkerframework.checker.mustcall.qual.InheritableMustCall;

/// A range of virtual addresses, reserved at once and backed by the kernel page by page when a page is first
/// written.
///
/// ```
///   0                                                                    size()
///   +--------------------------------------------------------------------+
///   | written: resident | never touched: costs nothing, reads as zero     |
///   +--------------------------------------------------------------------+
///     `mmap(PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_NORESERVE)`
/// ```
///
/// A place in a region is an offset, and every access goes through the one segment [#memory()], which checks its
/// bounds. No access, from any thread, ever reaches unmapped memory: the range is unmapped when the segment is out of
/// reach ([LastingArena]). Safe to share between threads.
@InheritableMustCall("close")
public final class Region implements AutoCloseable {
    /// The grain of [#discard]: offsets and lengths are multiples of it.
    public static final int PAGE_BYTES = 4096;

    private static final long HUGE_PAGE_BYTES = 2L << 20;

    private final LastingArena arena;
    private final MemorySegment memory;
    private final boolean reservedHugePages;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Region(LastingArena arena, MemorySegment memory, boolean reservedHugePages) {
        this.arena = arena;
        this.memory = memory;
        this.reservedHugePages = reservedHugePages;
    }

    /// Reserves at least `bytes` of address space without touching any of it.
    ///
    /// @param bytes at least 1; rounded up to whole pages
    /// @throws RegionException if the kernel refuses
    @SuppressWarnings({"restricted", "MustBeClosedChecker"}) // the region closes the arena
    public static Region reserve(long bytes, HugePages hugePages) {
        if (bytes <= 0) {
            throw new RegionException("a region needs at least 1 byte, not " + bytes);
        }
        boolean reserved = hugePages == HugePages.RESERVED;
        long grain = hugePages == HugePages.NONE ? PAGE_BYTES : HUGE_PAGE_BYTES;
        long size = Math.multiplyExact(Math.ceilDiv(bytes, grain), grain);
        // A huge page that is not there when it is touched would be a SIGBUS: so those are taken now, or refused now.
        int flags = NativeMemory.MAP_PRIVATE
                | NativeMemory.MAP_ANONYMOUS
                | (reserved ? NativeMemory.MAP_HUGETLB : NativeMemory.MAP_NORESERVE);
        MemorySegment mapping = NativeMemory.map(size, flags);
        if (!reserved) {
            int advice = hugePages == HugePages.NONE ? NativeMemory.MADV_NOHUGEPAGE : NativeMemory.MADV_HUGEPAGE;
            // Best effort: a kernel without transparent huge pages refuses, and ordinary pages serve as well.
            NativeMemory.advise(mapping, size, advice);
        }
        LastingArena arena = new LastingArena();
        MemorySegment memory = mapping.reinterpret(size, arena, segment -> NativeMemory.unmap(segment, size));
        return new Region(arena, memory, reserved);
    }

    /// The whole region. The same object every time: keep it in a final field, and in a local in loops.
    public MemorySegment memory() {
        return memory;
    }

    /// The bytes of the region.
    public long size() {
        return memory.byteSize();
    }

    /// Gives the backing of a range back to the kernel; the range reads as zero afterwards. The caller owns the
    /// range.
    ///
    /// @param offset a multiple of [#PAGE_BYTES]
    /// @param length a multiple of [#PAGE_BYTES]
    public void discard(long offset, long length) {
        Objects.checkFromIndexSize(offset, length, memory.byteSize());
        if (((offset | length) & (PAGE_BYTES - 1)) != 0) {
            throw new IllegalArgumentException("not whole pages: " + offset + ", " + length);
        }
        if (length == 0) {
            return;
        }
        // Huge pages are only given back whole, which a run of ours seldom is: zeros must do.
        if (reservedHugePages
                || !NativeMemory.advise(memory.asSlice(offset, length), length, NativeMemory.MADV_DONTNEED)) {
            memory.asSlice(offset, length).fill((byte) 0);
        }
    }

    /// Gives all backing back to the kernel. Every later access is a fault: it throws `IllegalStateException` in
    /// checked mode, and reads zeros otherwise. Idempotent; must not be called while another thread is in a native
    /// call with this memory.
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            NativeMemory.advise(memory, memory.byteSize(), NativeMemory.MADV_DONTNEED);
            arena.close();
        }
    }
}
