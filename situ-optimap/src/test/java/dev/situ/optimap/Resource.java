package dev.situ.optimap;

import java.util.concurrent.atomic.AtomicInteger;

/// A value that knows how often it was closed.
final class Resource {
    private final String name;
    private final AtomicInteger closed = new AtomicInteger();

    Resource(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    void close() {
        closed.incrementAndGet();
    }

    int closed() {
        return closed.get();
    }

    boolean isOpen() {
        return closed.get() == 0;
    }
}
