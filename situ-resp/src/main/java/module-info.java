/// RESP2 and RESP3 on memory.
@org.jspecify.annotations.NullMarked
module dev.situ.resp {
    requires static org.jspecify;
    requires transitive dev.situ.memory;

    exports dev.situ.resp;
}
