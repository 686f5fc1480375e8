package dev.situ.server;

import dev.situ.memory.HugePages;
import dev.situ.store.AdoptionPolicy;
import dev.situ.store.EvictionPolicy;
import dev.situ.tcp.TlsOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What a server is asked to be. As text it has no secret, because its parts have none.
///
/// @param bind the addresses for TCP, parted by blanks; the first of IPv4 is for UDP too
/// @param port the TCP port; 0 takes a free one, [#OFF] none
/// @param unixSocket a unix socket to listen on too, if any
/// @param tls how TCP is served with TLS, on a port of its own, or null
/// @param r2p2Port the UDP port; 0 takes a free one, [#OFF] none
/// @param workers threads for each transport
/// @param maxMemory bytes for keys, values and index
/// @param hugePages which pages that memory is made of
/// @param eviction what goes when that is used up
/// @param adoption which values stay in the packets that brought them
/// @param r2p2Compatible whether R2P2's compatible mode answers clients off loopback
/// @param busyPoll whether R2P2 workers never sleep
/// @param dpdk what R2P2 is served on, or null for the kernel's sockets
/// @param tcpTransport `auto`, `io_uring`, `epoll` or `nio`
/// @param parameters of the configuration file
record ServerOptions(
        String bind,
        int port,
        @Nullable Path unixSocket,
        @Nullable TlsOptions tls,
        int r2p2Port,
        int workers,
        long maxMemory,
        HugePages hugePages,
        EvictionPolicy eviction,
        AdoptionPolicy adoption,
        boolean r2p2Compatible,
        boolean busyPoll,
        @Nullable DpdkOptions dpdk,
        String tcpTransport,
        Parameters parameters) {
    /// A port that is not opened.
    static final int OFF = -1;

    /// What the store needs at least, in bytes.
    static final long LEAST_MEMORY = 16L << 20;
    private static final int MOST_WORKERS = 256;

    ServerOptions {
        requirePort("--port", port);
        requirePort("--r2p2-port", r2p2Port);
        if (port == OFF && r2p2Port == OFF && unixSocket == null && tls == null) {
            throw new UserError("nothing to listen on: --port and --r2p2-port are both off");
        }
        if (workers < 1 || workers > MOST_WORKERS) {
            throw new UserError(
                    "--workers is " + workers + ", must be 1 to " + MOST_WORKERS + ", or 0 for one for each processor");
        }
        if (maxMemory < LEAST_MEMORY) {
            throw new UserError("--maxmemory " + MemorySize.format(maxMemory) + " is too little: give at least "
                    + MemorySize.format(LEAST_MEMORY));
        }
    }

    private static void requirePort(String name, int port) {
        if (port < OFF || port > 65_535) {
            throw new UserError(name + " is " + port + ", must be 0 to 65535, or -1 for none");
        }
    }
}
