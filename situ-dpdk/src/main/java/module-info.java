/// A Port over DPDK.
@org.jspecify.annotations.NullMarked
module dev.situ.dpdk {
    requires static org.jspecify;
    requires transitive dev.situ.memory;
    requires transitive dev.situ.packet;

    exports dev.situ.dpdk;
}
