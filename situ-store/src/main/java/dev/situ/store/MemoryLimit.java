package dev.situ.store;

import dev.situ.memory.SlabAllocator;
import java.util.concurrent.atomic.AtomicLong;

/// How much memory the records and the index of a [Store] may take, and how near it is to that. Counted in pages,
/// as the allocator does, and in cells, which workers tell now and then.
///
/// ```
///   0                              mark        limit    credit             address space
///   |------------------------------|-----------|--------|------------------|
///      cells of all records below it: 15/16       pages beyond it only for a while
/// ```
///
/// Safe for all threads; what it says may be a little old.
final class MemoryLimit {
    /// What a store may overrun its limit by, besides a sixteenth of it.
    private static final long CREDIT_BYTES = 256 * 1024;

    private final Store store;
    private final SlabAllocator allocator;
    private final long regionBytes;
    private final long first;
    /// What slots, chunks and stocks of cells take at least; it matters where memory is small.
    private final long overhead;

    private final AtomicLong footprint = new AtomicLong();

    /// @param overhead what workers take besides records and index
    MemoryLimit(Store store, long regionBytes, long overhead) {
        this.store = store;
        this.allocator = store.allocator();
        this.regionBytes = regionBytes;
        this.first = allocator.limitBytes();
        this.overhead = Math.min(first / 8, overhead);
    }

    /// What is left of so many bytes of memory: the descriptors of pages take 16 bytes of 4096.
    static long of(long memoryBytes) {
        return memoryBytes - memoryBytes / 256;
    }

    /// See [Store#setMemoryBytes].
    void set(long memoryBytes) {
        allocator.setLimitBytes(Math.min(of(memoryBytes), Math.max(first, regionBytes / 3 * 2)));
    }

    /// Takes in what a worker has counted: cells of records that came, less those that went, in bytes.
    void tell(long bytes) {
        if (bytes != 0) {
            footprint.addAndGet(bytes);
        }
    }

    /// Whether workers should evict at the end of their bursts.
    boolean needsRoom() {
        return isAboveMark() || isExceeded();
    }

    /// Whether the cells of all records are above fifteen sixteenths of what the index leaves of the limit.
    boolean isAboveMark() {
        long limit = allocator.limitBytes();
        return footprint.get() > Math.max(limit / 8, limit - store.tableBytes() - overhead) / 16 * 15;
    }

    /// Whether more pages are in use than there should be.
    boolean isExceeded() {
        return bytesBeyond() > 0;
    }

    /// How far pages are beyond the limit; negative below it.
    long bytesBeyond() {
        return allocator.allocatedBytes() - allocator.limitBytes();
    }

    /// Whether a write may have `bytes` beyond the limit: as long as what is beyond it is little, so that all
    /// workers together overrun the limit by a sixteenth and a value each, and the rest of the region is left to
    /// limbo.
    boolean grantsCredit(long bytes) {
        long limit = allocator.limitBytes();
        long most = limit + limit / 16 + CREDIT_BYTES;
        return bytes <= limit
                && allocator.allocatedBytes() <= most
                && allocator.allocatedBytes() + bytes < regionBytes / 8 * 7;
    }

    /// Whether `bytes` more fit into the region, whatever the limit is.
    boolean hasAddressSpace(long bytes) {
        return allocator.allocatedBytes() + bytes <= regionBytes - regionBytes / 128;
    }

    /// Whether so much waits in the limbo of all workers, and in what closed and idle ones left, that more
    /// evictions would not help: it will be free soon, or never if a worker is stuck. What a pin keeps is not
    /// counted: others can be evicted meanwhile.
    boolean isLimboFull() {
        long share = Math.max(1 << 20, allocator.limitBytes() / 64);
        return store.limboBytes(Limbo::waitingBytes) >= share * store.workerCount();
    }

    /// Whether pages are scarce while more than an eighth of them is free cells, those in limbo not counted.
    boolean isFragmented() {
        long limit = allocator.limitBytes();
        long allocated = allocator.allocatedBytes();
        long unused = allocated - store.tableBytes() - overhead - footprint.get();
        return allocated > limit / 8 * 7 && unused > limit / 8 && unused - store.limboBytes(Limbo::bytes) > limit / 8;
    }
}
