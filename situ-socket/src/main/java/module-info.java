/// A UdpStack over kernel UDP sockets.
@org.jspecify.annotations.NullMarked
module dev.situ.socket {
    requires static org.jspecify;
    requires transitive dev.situ.memory;
    requires transitive dev.situ.packet;
    requires transitive dev.situ.udp;

    exports dev.situ.socket;
}
