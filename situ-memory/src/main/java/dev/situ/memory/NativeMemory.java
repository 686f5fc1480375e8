package dev.situ.memory;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// The calls of `<sys/mman.h>` that a [Region] needs, and the only place of this module that calls the C library.
///
/// Needs `--enable-native-access=dev.situ.memory` (or `ALL-UNNAMED` on the class path), else the JDK warns on
/// first use.
@SuppressWarnings("restricted")
final class NativeMemory {
    static final int PROT_READ = 1;
    static final int PROT_WRITE = 2;
    static final int MAP_PRIVATE = 0x02;
    static final int MAP_ANONYMOUS = 0x20;
    static final int MAP_NORESERVE = 0x4000;
    static final int MAP_HUGETLB = 0x40000;
    static final int MADV_DONTNEED = 4;
    static final int MADV_HUGEPAGE = 14;
    static final int MADV_NOHUGEPAGE = 15;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final long ERRNO_OFFSET =
            Linker.Option.captureStateLayout().byteOffset(PathElement.groupElement("errno"));
    private static final AddressLayout POINTER = ValueLayout.ADDRESS;
    private static final ValueLayout.OfLong SIZE = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    private static final MethodHandle MMAP =
            bind("mmap", FunctionDescriptor.of(POINTER, POINTER, SIZE, INT, INT, INT, SIZE));
    private static final MethodHandle MUNMAP = bind("munmap", FunctionDescriptor.of(INT, POINTER, SIZE));
    private static final MethodHandle MADVISE = bind("madvise", FunctionDescriptor.of(INT, POINTER, SIZE, INT));
    private static final MethodHandle STRERROR =
            LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("strerror"), FunctionDescriptor.of(POINTER, INT));

    private NativeMemory() {}

    private static MethodHandle bind(String name, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, ERRNO);
    }

    /// Maps `bytes` of private, anonymous memory.
    ///
    /// @return the mapping, of size 0: to be reinterpreted
    /// @throws RegionException if the kernel refuses; the message says which flags and why
    static MemorySegment map(long bytes, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
            MemorySegment mapping = (MemorySegment)
                    MMAP.invokeExact(state, MemorySegment.NULL, bytes, PROT_READ | PROT_WRITE, flags, -1, 0L);
            if (mapping.address() == -1L) {
                throw new RegionException("cannot reserve " + bytes + " bytes of memory"
                        + ((flags & MAP_HUGETLB) != 0 ? " in huge pages" : "") + ": " + error(state));
            }
            return mapping;
        } catch (Throwable failure) {
            throw rethrow(failure);
        }
    }

    /// Unmaps what [#map] gave.
    static void unmap(MemorySegment mapping, long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
            int result = (int) MUNMAP.invokeExact(state, mapping, bytes);
            if (result != 0) {
                throw new RegionException("cannot unmap " + bytes + " bytes: " + error(state));
            }
        } catch (Throwable failure) {
            throw rethrow(failure);
        }
    }

    /// Gives the kernel advice about whole pages of a mapping.
    ///
    /// @return whether the kernel took it
    static boolean advise(MemorySegment mapping, long bytes, int advice) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
            int result = (int) MADVISE.invokeExact(state, mapping, bytes, advice);
            return result == 0;
        } catch (Throwable failure) {
            throw rethrow(failure);
        }
    }

    private static String error(MemorySegment state) throws Throwable {
        int errno = Words.getInt(state, ERRNO_OFFSET);
        MemorySegment text = (MemorySegment) STRERROR.invokeExact(errno);
        return text.reinterpret(256).getString(0);
    }

    private static RuntimeException rethrow(Throwable failure) {
        if (failure instanceof RuntimeException runtime) {
            return runtime;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        return new IllegalStateException(failure);
    }
}
