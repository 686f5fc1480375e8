/// Lossy networks for tests. Production code never depends on it.
@org.jspecify.annotations.NullMarked
module dev.situ.testkit {
    requires static org.jspecify;
    requires transitive dev.situ.memory;
    requires transitive dev.situ.packet;
    requires transitive dev.situ.udp;

    exports dev.situ.testkit;
}
