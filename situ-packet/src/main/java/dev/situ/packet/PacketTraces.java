package dev.situ.packet;

import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// Where the packets of one pool were taken and released last: stack traces, kept in checked mode for the message
/// about a packet that is used after its last release, or never released. All methods are safe from any thread.
final class PacketTraces {
    private static final List<WeakReference<PacketTraces>> ALL = new CopyOnWriteArrayList<>();

    private final MemorySegment memory;
    private final Map<Long, Throwable> taken = new ConcurrentHashMap<>();
    private final Map<Long, Throwable> released = new ConcurrentHashMap<>();

    private PacketTraces(MemorySegment memory) {
        this.memory = memory;
    }

    static PacketTraces of(MemorySegment memory) {
        PacketTraces traces = new PacketTraces(memory);
        ALL.removeIf(other -> other.get() == null);
        ALL.add(new WeakReference<>(traces));
        return traces;
    }

    void taken(long at) {
        taken.put(at, new Throwable("taken here, by " + Thread.currentThread().getName()));
    }

    void released(long at) {
        taken.remove(at);
        released.put(
                at, new Throwable("released here, by " + Thread.currentThread().getName()));
    }

    /// Where a packet that is held was taken: any one of them.
    @Nullable
    Throwable held() {
        return taken.values().stream().findAny().orElse(null);
    }

    /// The failure of someone who uses `packet`; its stack is where it was used, its cause where the packet was
    /// released.
    static IllegalStateException usedAfterRelease(MemorySegment memory, long packet) {
        long at = PacketCheck.offset(packet);
        Throwable where = null;
        for (WeakReference<PacketTraces> reference : ALL) {
            PacketTraces traces = reference.get();
            if (traces != null && traces.memory.equals(memory)) {
                where = traces.released.get(at);
            }
        }
        return new IllegalStateException("packet " + at + " is used after its last release", where);
    }
}
