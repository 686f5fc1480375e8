/// Small programs over the packet framework and the UDP stack, to read and to start from.
@org.jspecify.annotations.NullMarked
module dev.situ.examples {
    requires static org.jspecify;
    requires dev.situ.packet;
    requires dev.situ.udp;
}
