package dev.situ.bench.dpdk;

/// What is measured over a memif, from the least to the most that is done with a packet.
enum DpdkSystem {
    /// Frames that go back and forth, their link addresses swapped: the driver and the binding.
    FRAMES("bare echo"),
    /// Datagrams sent back with their addresses swapped, by a loop on the binding.
    BARE("bare UDP echo"),
    /// The same datagrams sent back by way of the UDP stack.
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
