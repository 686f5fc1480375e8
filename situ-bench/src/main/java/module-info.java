/// Whole-system experiments and microbenchmarks.
@org.jspecify.annotations.NullMarked
module dev.situ.bench {
    requires static org.jspecify;
    requires dev.situ.client;
    requires dev.situ.memory;
    requires dev.situ.r2p2;
    requires dev.situ.socket;
    requires dev.situ.udp;
    requires info.picocli;

    opens dev.situ.bench to
            info.picocli;
}
