/// UDP: the interface of a stack, bind and send, and a stack in user space over a packet port.
@org.jspecify.annotations.NullMarked
module dev.situ.udp {
    requires static org.jspecify;
    requires transitive dev.situ.memory;
    requires transitive dev.situ.packet;

    exports dev.situ.udp;
}
