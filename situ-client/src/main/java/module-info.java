/// The Java client over R2P2.
@org.jspecify.annotations.NullMarked
module dev.situ.client {
    requires static org.jspecify;
    requires transitive dev.situ.memory;
    requires transitive dev.situ.udp;
    requires transitive dev.situ.socket;
    requires transitive dev.situ.r2p2;

    exports dev.situ.client;
}
