package dev.situ.bench.dpdk;

/// What is measured over a memif, from the least to the most that is done with a packet.
enum DpdkSystem {
    /// Frames with their addresses swapped: the driver and the binding.
    BARE("bare echo"),
    /// Datagrams sent back: the UDP stack above it.
    ECHO("UDP echo"),
    /// GETs: the server.
    GET("Situ");

    private final String label;

    DpdkSystem(String label) {
        this.label = label;
    }

    /// The name in results.
    String label() {
        return label;
    }
}
