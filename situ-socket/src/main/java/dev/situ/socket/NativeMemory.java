package dev.situ.socket;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Page-aligned memory straight from the kernel: pages cost nothing until they are touched, and none is cleared
/// by hand.
final class NativeMemory {
    private static final int PROT_READ_WRITE = 1 | 2;
    private static final int MAP_PRIVATE = 0x02;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int MAP_NORESERVE = 0x4000;

    private NativeMemory() {}

    /// Maps `bytes` bytes of zeros that live until `arena` is closed.
    ///
    /// @throws OutOfMemoryError if the kernel has no room
    @SuppressWarnings("restricted")
    static MemorySegment map(long bytes, Arena arena) {
        MemorySegment errno = KernelCalls.newErrno();
        long address = KernelCalls.mmap(errno, bytes, PROT_READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE);
        if (address == -1) {
            throw new OutOfMemoryError(
                    "cannot map " + bytes + " bytes for packet buffers: errno " + KernelCalls.errno(errno));
        }
        return MemorySegment.ofAddress(address)
                .reinterpret(bytes, arena, _ -> KernelCalls.munmap(KernelCalls.newErrno(), address, bytes));
    }
}
