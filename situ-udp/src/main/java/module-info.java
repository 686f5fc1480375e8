/// The UdpStack interface, bind and send.
@org.jspecify.annotations.NullMarked
module dev.situ.udp {
    requires static org.jspecify;
    requires transitive dev.situ.memory;

    exports dev.situ.udp;
}
