/// The R2P2 wire format, server and client.
@org.jspecify.annotations.NullMarked
@SuppressWarnings("module") // the protocol's name ends in a digit
module dev.situ.r2p2 {
    requires static org.jspecify;
    requires transitive dev.situ.memory;
    requires transitive dev.situ.udp;

    exports dev.situ.r2p2;
}
