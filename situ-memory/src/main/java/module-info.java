/// Off-heap regions, words, slices and the slab allocator.
@org.jspecify.annotations.NullMarked
module dev.situ.memory {
    requires static transitive com.google.errorprone.annotations;
    requires static transitive org.checkerframework.checker.qual;
    requires static transitive org.jspecify;

    exports dev.situ.memory;
}
