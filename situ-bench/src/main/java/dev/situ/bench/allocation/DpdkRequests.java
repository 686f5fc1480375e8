package dev.situ.bench.allocation;

import dev.situ.bench.dpdk.DpdkExperiment;
import dev.situ.bench.dpdk.DpdkRequestsTask;
import dev.situ.bench.dpdk.MemifFolder;
import dev.situ.bench.frame.ChildJvm;
import dev.situ.bench.frame.Cpus;
import dev.situ.bench.frame.Parameters;
import dev.situ.bench.frame.ServerProcess;
import java.io.IOException;
import java.util.List;

/// Requests to Situ over R2P2 on DPDK. They come from a process of their own, as DPDK is started once a process.
final class DpdkRequests {
    /// The name in results.
    static final String LABEL = "R2P2 on DPDK";

    private static final String THREADS = "r2p2-";
    private static final int VALUE = 64;
    private static final long SERVER_BYTES = 64 << 20;

    private DpdkRequests() {}

    /// The fewest heap bytes a request of some windows of `window` requests.
    static double least(int windows, int window) throws IOException {
        try (MemifFolder folder = MemifFolder.make();
                ServerProcess server =
                        DpdkExperiment.startSitu(folder.socket(), SERVER_BYTES, Allocations.JVM_OPTIONS)) {
            Parameters parameters = Parameters.of(
                    "socket", folder.socket(), "port", server.udp().getPort(), "value", VALUE, "requests", window);
            ChildJvm.Spec spec = new ChildJvm.Spec(
                    DpdkRequestsTask.NAME, parameters, List.of("-XX:+UseSerialGC", "-Xmx128m"), Cpus.client());
            try (ChildJvm client = ChildJvm.start(spec)) {
                double least = least(server, client, windows, window);
                // Before the client's end goes away: the server polls the other.
                server.stop();
                return least;
            }
        }
    }

    private static double least(ServerProcess server, ChildJvm client, int windows, int window) throws IOException {
        try (Allocations allocations = Allocations.of(server.pid(), THREADS)) {
            double least = Double.MAX_VALUE;
            for (int i = 0; i < windows && least > 0; i++) {
                long before = allocations.bytes();
                client.measure((_, _, _) -> {});
                least = Math.min(least, (double) (allocations.bytes() - before) / window);
            }
            return least;
        }
    }
}
