package dev.situ.socket;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Ties the calling thread to a core (`sched_setaffinity`), for measurements.
final class Affinity {
    private static final MethodHandle SET = link();

    private Affinity() {}

    @SuppressWarnings("restricted")
    private static MethodHandle link() {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow("sched_setaffinity"),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
    }

    static void pin(int core) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(JAVA_LONG);
            mask.set(JAVA_LONG, 0, 1L << core);
            if ((int) SET.invokeExact(0, JAVA_LONG.byteSize(), mask) != 0) {
                System.err.println("cannot tie the thread to core " + core);
            }
        } catch (Throwable t) {
            throw new AssertionError("sched_setaffinity", t);
        }
    }
}
