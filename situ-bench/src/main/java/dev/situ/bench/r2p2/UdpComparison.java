package dev.situ.bench.r2p2;

import dev.situ.client.SituClientOptions;
import dev.situ.udp.PeerAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// The comparison of `compare-memcached.sh`: GETs a second from memcached over UDP and from Situ over R2P2,
/// interleaved.
@Command(
        name = "memcached-udp",
        description = "GETs over UDP from running servers: memcached and Situ. See situ-bench/compare-memcached.sh.")
public final class UdpComparison implements Callable<Integer> {
    private static final int OUTSTANDING = 64;
    private static final int KEYS = 10_000;
    private static final int VALUE_LENGTH = 64;

    @Parameters(index = "0", paramLabel = "<memcached>", description = "memcached's port, TCP and UDP.")
    private int memcachedPort;

    @Parameters(index = "1", paramLabel = "<tcp>", description = "Situ's TCP port.")
    private int tcpPort;

    @Parameters(index = "2", paramLabel = "<r2p2>", description = "Situ's R2P2 port.")
    private int r2p2Port;

    @Parameters(index = "3", paramLabel = "<rounds>", defaultValue = "5", description = "Rounds: ${DEFAULT-VALUE}.")
    private int rounds;

    @Parameters(index = "4", paramLabel = "<seconds>", defaultValue = "2", description = "A round's: ${DEFAULT-VALUE}.")
    private int seconds;

    /// For picocli, which sets the fields.
    public UdpComparison() {}

    @Override
    public Integer call() throws Exception {
        InetSocketAddress memcached = new InetSocketAddress(InetAddress.getLoopbackAddress(), memcachedPort);
        InetSocketAddress situTcp = new InetSocketAddress(InetAddress.getLoopbackAddress(), tcpPort);
        InetSocketAddress situ = new InetSocketAddress(InetAddress.getLoopbackAddress(), r2p2Port);
        long nanos = TimeUnit.SECONDS.toNanos(seconds);
        Fill.memcached(memcached, KEYS, VALUE_LENGTH);
        Fill.resp(situTcp, KEYS, VALUE_LENGTH);

        Contender[] contenders = {
            new Contender("memcached, one by one", time -> oneByOne(GetProtocol.MEMCACHED, memcached, time)),
            new Contender("Situ, one by one", time -> oneByOne(GetProtocol.R2P2, situ, time)),
            new Contender(
                    "Situ, SituClient",
                    time -> ClientLoop.run(SituClientOptions.of(situ), OUTSTANDING, KEYS, VALUE_LENGTH, time)),
        };
        for (Contender contender : contenders) {
            contender.warmUp(nanos);
        }
        for (int round = 1; round <= rounds; round++) {
            System.err.println("round " + round + " of " + rounds);
            for (Contender contender : contenders) {
                contender.measure(nanos);
            }
        }
        double base = contenders[0].median();
        System.out.printf("%-24s %12s %12s %12s %8s%n", "GET, 64 B, 64 under way", "median/s", "low", "high", "ratio");
        for (Contender contender : contenders) {
            contender.print(base);
        }
        return 0;
    }

    private static double oneByOne(GetProtocol protocol, InetSocketAddress server, long nanos) throws IOException {
        return ClosedLoop.measure(protocol, PeerAddress.of(server), OUTSTANDING, KEYS, VALUE_LENGTH, false, nanos);
    }

    private interface Load {
        double run(long nanos) throws Exception;
    }

    private record Contender(String name, Load experiment, List<Double> figures) {
        Contender(String name, Load experiment) {
            this(name, experiment, new ArrayList<>());
        }

        void warmUp(long nanos) throws Exception {
            experiment.run(nanos);
        }

        void measure(long nanos) throws Exception {
            figures.add(experiment.run(nanos));
        }

        double median() {
            double[] sorted = sorted();
            return sorted[sorted.length / 2];
        }

        private double[] sorted() {
            double[] sorted = figures.stream().mapToDouble(Double::doubleValue).toArray();
            Arrays.sort(sorted);
            return sorted;
        }

        void print(double base) {
            double[] sorted = sorted();
            System.out.printf(
                    "%-24s %12.0f %12.0f %12.0f %8.2f%n",
                    name, median(), sorted[0], sorted[sorted.length - 1], median() / base);
        }
    }
}
