package dev.situ.memory;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.atomic.AtomicInteger;

/// An allocator for each state: of a small region of its own, which is a slice of a large one. Its one class of
/// interest has slabs of two cells. Slices are used again long after their state is over.
final class SlabPieces {
    /// The class of half a slab.
    static final int CLASS = SizeClasses.COUNT;

    private static final int CELL_BYTES = 128 * 1024;
    private static final long BYTES = 2L * 2 * CELL_BYTES + Region.PAGE_BYTES;
    // More than the harness has states at once: 40 strides of 256.
    private static final int COUNT = 16 * 1024;
    private static final Region ALL = Region.reserve(COUNT * BYTES, HugePages.NONE);
    private static final LastingArena LASTING = new LastingArena();
    private static final AtomicInteger NEXT = new AtomicInteger();
    private static final MethodHandle REGION;
    private static final MethodHandle POP;

    static {
        try {
            MethodHandles.Lookup region = MethodHandles.privateLookupIn(Region.class, MethodHandles.lookup());
            REGION = region.findConstructor(
                    Region.class,
                    MethodType.methodType(void.class, LastingArena.class, MemorySegment.class, boolean.class));
            MethodHandles.Lookup allocator = MethodHandles.privateLookupIn(SlabAllocator.class, MethodHandles.lookup());
            POP = allocator.findVirtual(SlabAllocator.class, "pop", MethodType.methodType(int.class, int.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final MemorySegment memory;
    final SlabAllocator allocator;

    SlabPieces() {
        long slice = (NEXT.getAndIncrement() & (COUNT - 1)) * BYTES;
        memory = ALL.memory().asSlice(slice, BYTES);
        try {
            allocator = new SlabAllocator((Region) REGION.invokeExact(LASTING, memory, false), BYTES, CELL_BYTES);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /// A slab both of whose cells are out.
    int slab() {
        return allocator.newSlab(CLASS, false);
    }

    static long cell(int slab, int index) {
        return PageRuns.offsetOf(slab) + (long) index * CELL_BYTES;
    }

    /// Gives one cell back, as a worker does that did not get it from this slab.
    void free(int slab, int index) {
        long cell = cell(slab, index);
        allocator.returnCells(slab, cell, cell, 1);
    }

    /// The slab's free cells.
    int freeCells(int slab) {
        return allocator.freeCells(PageRuns.offsetOf(slab));
    }

    /// One look at one of the class's two lists: 0 where all slabs come, 1 where a purge puts them.
    int pop(int list) {
        try {
            return (int) POP.invokeExact(allocator, (CLASS * 2 + list) * 16);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
