/// The thesis's generic concurrent map, on the Java heap.
@org.jspecify.annotations.NullMarked
module dev.situ.optimap {
    requires static transitive com.google.errorprone.annotations;
    requires static org.jspecify;

    exports dev.situ.optimap;
}
