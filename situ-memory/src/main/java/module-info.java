/// Off-heap regions, words, slices and the slab allocator.
@org.jspecify.annotations.NullMarked
module dev.situ.memory {
    requires static transitive org.jspecify;

    exports dev.situ.memory;
}
