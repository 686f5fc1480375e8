package dev.situ.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// An arena for memory that threads share and read by [Words]: it lasts as long as anybody holds any of it.
///
/// [#close()] says that the memory is not needed any more. It is freed when the last segment is out of reach, and until
/// then whoever still reads it, on another thread, reads what was there. So no access can meet memory that is gone,
/// and none has to ask whether it is. In checked mode it is gone at once, and such an access is an
/// `IllegalStateException`: it is a fault.
///
/// Safe for all threads.
public final class LastingArena implements Arena {
    private final Arena arena = Checks.ON ? Arena.ofShared() : Arena.ofAuto();

    /// Makes an empty arena.
    public LastingArena() {}

    /// Allocates memory of zeros. It is not counted as direct memory of the JVM, whose limit has nothing to do with
    /// what a server may use.
    @Override
    @SuppressWarnings({"restricted", "MustBeClosedChecker"}) // what closes with the arena closes what was allocated
    public MemorySegment allocate(long bytes, long alignment) {
        if (Checks.ON) {
            return arena.allocate(bytes, alignment);
        }
        Arena one = Arena.ofShared();
        return one.allocate(bytes, alignment).reinterpret(bytes, arena, _ -> one.close());
    }

    @Override
    public MemorySegment.Scope scope() {
        return arena.scope();
    }

    /// Says that the memory is not needed any more.
    @Override
    public void close() {
        if (Checks.ON) {
            arena.close();
        }
    }
}
