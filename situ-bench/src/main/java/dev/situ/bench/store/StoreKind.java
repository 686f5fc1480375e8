package dev.situ.bench.store;

import dev.situ.memory.HugePages;

/// What is compared.
enum StoreKind {
    /// Situ's store on ordinary pages.
    SITU("Situ", HugePages.NONE),
    /// Situ's store on transparent huge pages.
    SITU_HUGE("Situ, huge pages", HugePages.TRANSPARENT),
    /// A map on the heap.
    CHM("ConcurrentHashMap", HugePages.NONE),
    /// The bound.
    NONE("loop without a store", HugePages.NONE);

    private final String system;
    private final HugePages pages;

    StoreKind(String system, HugePages pages) {
        this.system = system;
        this.pages = pages;
    }

    /// The name in results.
    String system() {
        return system;
    }

    HugePages pages() {
        return pages;
    }

    boolean isSitu() {
        return this == SITU || this == SITU_HUGE;
    }

    /// The memory that so many keys take, generously.
    long bytes(long keys) {
        return switch (this) {
            case SITU, SITU_HUGE -> (64L << 20) + keys * 250;
            case CHM -> (512L << 20) + keys * 800;
            case NONE -> 64L << 20;
        };
    }
}
