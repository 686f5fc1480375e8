/// Packet buffers, bursts and pools.
@org.jspecify.annotations.NullMarked
module dev.situ.packet {
    requires static org.jspecify;
    requires transitive dev.situ.memory;

    exports dev.situ.packet;
}
