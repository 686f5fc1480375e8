package dev.situ.bench.dpdk;

import dev.situ.dpdk.DpdkPacketPool;
import dev.situ.dpdk.DpdkPort;
import dev.situ.dpdk.DpdkPortOptions;
import dev.situ.dpdk.Eal;
import dev.situ.dpdk.EalThread;

/// One end of a memif, and DPDK in this process.
///
/// To be closed when *neither* end is polled any more: the driver may fault when the other end goes away under it.
final class MemifEnd implements AutoCloseable {
    private static final int PACKETS = 8191;

    private final Eal eal;
    private final DpdkPacketPool pool;
    private final DpdkPort port;

    private MemifEnd(String role, String socket) {
        eal = Eal.start(DpdkSetUp.eal());
        pool = DpdkPacketPool.create(eal, PACKETS);
        port = DpdkPort.open(eal, pool, DpdkPortOptions.of(device(role, socket)));
    }

    /// The end that is there first.
    static MemifEnd server(String socket) {
        return new MemifEnd("server", socket);
    }

    /// The other end: waits until both are connected.
    static MemifEnd client(String socket) {
        MemifEnd end = new MemifEnd("client", socket);
        while (!end.port.isLinkUp()) {
            Thread.onSpinWait();
        }
        return end;
    }

    /// The device as DPDK takes it.
    static String device(String role, String socket) {
        return "net_memif0,role=" + role + ",socket=" + socket + ",socket-abstract=no";
    }

    DpdkPort port() {
        return port;
    }

    /// Registers the calling thread, which is to poll.
    EalThread register() {
        return eal.register();
    }

    @Override
    public void close() {
        port.close();
        pool.close();
        eal.close();
    }
}
