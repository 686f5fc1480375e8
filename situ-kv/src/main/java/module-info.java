/// Commands to store operations.
@org.jspecify.annotations.NullMarked
module dev.situ.kv {
    requires static org.jspecify;
    requires transitive dev.situ.memory;
    requires transitive dev.situ.store;
    requires transitive dev.situ.resp;
    requires com.dynatrace.hash4j;

    exports dev.situ.kv;
}
