/// Off-heap records, their index and their epochs.
@org.jspecify.annotations.NullMarked
module dev.situ.store {
    requires static transitive org.jspecify;
    requires transitive dev.situ.memory;
    requires com.dynatrace.hash4j;

    exports dev.situ.store;
}
