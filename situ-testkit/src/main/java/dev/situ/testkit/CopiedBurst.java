package dev.situ.testkit;

import dev.situ.memory.Consumes;
import dev.situ.udp.UdpBurst;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// A burst of copied datagrams. What is retained lives on the heap's watch, and is only counted.
final class CopiedBurst implements UdpBurst {
    private final int queue;
    private final Retained retained;
    private List<Datagram> datagrams;

    CopiedBurst(int queue, List<Datagram> datagrams, Retained retained) {
        this.queue = queue;
        this.datagrams = datagrams;
        this.retained = retained;
    }

    /// The handles that were given out and not released.
    static final class Retained {
        private final Set<Long> handles = ConcurrentHashMap.newKeySet();
        private final AtomicLong last = new AtomicLong();

        long add() {
            long handle = last.incrementAndGet();
            handles.add(handle);
            return handle;
        }

        void remove(long handle) {
            if (!handles.remove(handle)) {
                throw new IllegalStateException("handle " + handle + " was never given out, or released before");
            }
        }

        int count() {
            return handles.size();
        }
    }

    /// Ends the burst: nothing of it may be read any more.
    void end() {
        datagrams = List.of();
    }

    @Override
    public int queue() {
        return queue;
    }

    @Override
    public int size() {
        return datagrams.size();
    }

    @Override
    public MemorySegment memory(int index) {
        return datagrams.get(index).bytes();
    }

    @Override
    public long offset(int index) {
        datagrams.get(index);
        return 0;
    }

    @Override
    public int length(int index) {
        return datagrams.get(index).length();
    }

    @Override
    public long peer(int index) {
        return datagrams.get(index).peer();
    }

    @Override
    public long retain(int index) {
        datagrams.get(index);
        return retained.add();
    }

    @Override
    public void release(@Consumes long handle) {
        retained.remove(handle);
    }
}
