/// RESP over TCP and unix sockets with Netty.
@org.jspecify.annotations.NullMarked
module dev.situ.tcp {
    requires static transitive org.jspecify;
    requires transitive dev.situ.memory;
    requires transitive dev.situ.store;
    requires transitive dev.situ.resp;
    requires transitive dev.situ.kv;

    exports dev.situ.tcp;
}
