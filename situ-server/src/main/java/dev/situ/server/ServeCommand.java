package dev.situ.server;

import dev.situ.memory.HugePages;
import dev.situ.store.AdoptionPolicy;
import dev.situ.store.EvictionPolicy;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/// `situ serve`: runs a server until SIGTERM or SIGINT.
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        showDefaultValues = true,
        description = {
            "Serve Redis clients over TCP and R2P2 clients over UDP, from one store.",
            "When ready, one line is printed: ready tcp=<address> r2p2=<address> pid=<pid>. Logs go to stderr."
        })
final class ServeCommand implements Callable<Integer> {
    private static final int DIED = 3;

    @Option(
            names = "--bind",
            paramLabel = "<address>",
            defaultValue = "127.0.0.1",
            description =
                    "Address to listen on; several, parted by blanks, for TCP: R2P2 takes the first of IPv4. One with"
                            + " '-' before it is left out where the machine does not have it.")
    @SuppressWarnings("NullAway.Init")
    private String bind;

    @Option(
            names = "--port",
            paramLabel = "<port>",
            defaultValue = "6379",
            description = "TCP port for RESP; 0 takes a free one, -1 turns TCP off.")
    private int port;

    @Option(
            names = "--unixsocket",
            paramLabel = "<path>",
            description = "Listen on this unix socket too. Default: none.")
    private @Nullable Path unixSocket;

    @Mixin
    private final TlsCommandOptions tls = new TlsCommandOptions();

    @Option(
            names = "--r2p2-port",
            paramLabel = "<port>",
            defaultValue = "8000",
            description = "UDP port for R2P2; 0 takes a free one, -1 turns R2P2 off.")
    private int r2p2Port;

    @Option(
            names = "--workers",
            paramLabel = "<n>",
            defaultValue = "0",
            description = "Threads for each transport; 0 is one for each processor.")
    private int workers;

    @Option(
            names = "--maxmemory",
            paramLabel = "<bytes>",
            defaultValue = "1gb",
            converter = MemorySize.class,
            description = "Memory for keys, values and index, for instance 512mb or 4gb.")
    private long maxMemory;

    @Option(
            names = "--huge-pages",
            paramLabel = "<kind>",
            defaultValue = "none",
            description =
                    "Pages of that memory: ${COMPLETION-CANDIDATES}. Transparent: merged by the kernel as it likes."
                            + " Reserved: 2 MiB pages of vm.nr_hugepages, all taken at start.")
    @SuppressWarnings("NullAway.Init")
    private Pages pages;

    @Option(
            names = "--maxmemory-policy",
            paramLabel = "<policy>",
            defaultValue = "noeviction",
            converter = PolicyName.class,
            completionCandidates = PolicyName.class,
            description = "What goes when that is used up, by Redis's names: ${COMPLETION-CANDIDATES}.")
    @SuppressWarnings("NullAway.Init")
    private EvictionPolicy eviction;

    @Option(
            names = "--adopt",
            paramLabel = "<bytes>",
            defaultValue = "1kb",
            converter = AdoptionBytes.class,
            description =
                    "Values that came over R2P2 stay in their packets, uncopied, from so many bytes in each packet"
                            + " on; also: always, never.")
    @SuppressWarnings("NullAway.Init")
    private AdoptionPolicy adoption;

    @Option(
            names = "--r2p2-compatible",
            description = "Answer R2P2 clients that are not on this machine too. A UDP sender can be forged: only in a"
                    + " trusted network.")
    private boolean r2p2Compatible;

    @Option(names = "--busy-poll", description = "Poll without ever sleeping: lowest latency, one processor a worker.")
    private boolean busyPoll;

    @Option(
            names = "--transport",
            paramLabel = "<name>",
            defaultValue = "kernel",
            description = "What R2P2 is served on: ${COMPLETION-CANDIDATES}.")
    @SuppressWarnings("NullAway.Init")
    private R2p2Transport transport;

    @Option(
            names = "--eal",
            paramLabel = "<arguments>",
            description = "With --transport dpdk: arguments of DPDK's EAL, with the device, for instance \"--no-pci"
                    + " --in-memory -m 64 --vdev=net_tap0,iface=situ0\".")
    private @Nullable String eal;

    @Option(
            names = "--ip",
            paramLabel = "<address>",
            description =
                    "With --transport dpdk: the address and prefix that it answers at, for instance" + " 10.0.0.1/24.")
    private @Nullable String ip;

    @Option(
            names = "--gateway",
            paramLabel = "<address>",
            description = "With --transport dpdk: the router to other networks. Default: none.")
    private @Nullable String gateway;

    @Option(
            names = "--no-udp-checksums",
            description =
                    "With --transport dpdk: send datagrams without a checksum, for a memif, whose packets never leave"
                            + " the machine.")
    private boolean withoutUdpChecksums;

    @Option(
            names = "--dpdk-packets",
            paramLabel = "<n>",
            defaultValue = "8192",
            description = "With --transport dpdk: how many packets there is room for, 2.3 KB each.")
    private int packets;

    @Option(
            names = "--tcp-transport",
            paramLabel = "<name>",
            defaultValue = "auto",
            description = "${COMPLETION-CANDIDATES}; auto is the best that the system has.")
    @SuppressWarnings("NullAway.Init")
    private TcpTransport tcpTransport;

    /// The names of the policies.
    static final class PolicyName implements ITypeConverter<EvictionPolicy>, Iterable<String> {
        @Override
        public EvictionPolicy convert(String name) {
            EvictionPolicy policy = EvictionPolicy.ofRedisName(name);
            if (policy == null) {
                throw new TypeConversionException("'" + name + "' is none of " + String.join(", ", this));
            }
            return policy;
        }

        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(EvictionPolicy.values())
                    .map(EvictionPolicy::redisName)
                    .iterator();
        }
    }

    /// How many bytes of a value a packet has at least for the value to stay in it.
    static final class AdoptionBytes implements ITypeConverter<AdoptionPolicy> {
        @Override
        public AdoptionPolicy convert(String text) throws Exception {
            return switch (text) {
                case "always" -> AdoptionPolicy.ALWAYS;
                case "never" -> AdoptionPolicy.NEVER;
                default -> new AdoptionPolicy((int) Math.min(Integer.MAX_VALUE, new MemorySize().convert(text)));
            };
        }
    }

    /// Kinds of pages.
    enum Pages {
        none(HugePages.NONE),
        transparent(HugePages.TRANSPARENT),
        reserved(HugePages.RESERVED);

        final HugePages kind;

        Pages(HugePages kind) {
            this.kind = kind;
        }
    }

    /// What R2P2 is served on.
    enum R2p2Transport {
        kernel,
        dpdk
    }

    /// DPDK's pollers never sleep, so there is one unless more are asked for.
    private @Nullable DpdkOptions dpdk() {
        if (transport == R2p2Transport.dpdk) {
            return DpdkOptions.of(eal, ip, gateway, !withoutUdpChecksums, Math.max(1, workers), packets);
        }
        if (eal != null || ip != null || gateway != null || withoutUdpChecksums) {
            throw new UserError("--eal, --ip, --gateway and --no-udp-checksums are for --transport dpdk");
        }
        return null;
    }

    /// How RESP connections reach the kernel.
    enum TcpTransport {
        auto,
        io_uring,
        epoll,
        nio
    }

    @picocli.CommandLine.Parameters(
            arity = "0..1",
            paramLabel = "<file>",
            description = "A configuration file in redis.conf's syntax; what is given here goes before what it says.")
    private @Nullable Path file;

    @Option(names = "--config", paramLabel = "<file>", description = "The same.")
    private @Nullable Path config;

    @Option(
            names = "--set",
            paramLabel = "<name>=<value>",
            description = "Set a parameter that a configuration file may set, for instance slowlog-max-len=10.")
    private Map<String, String> overrides = Map.of();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        Path path = config == null ? file : config;
        if (path == null) {
            return serve(new Parameters(null, List.of(), List.of(), overrides));
        }
        FileOptions options = new FileOptions(ConfigFile.read(path), spec);
        ServeCommand merged = new ServeCommand();
        options.apply(merged);
        return merged.serve(options.parameters(overrides));
    }

    private int serve(Parameters parameters) throws InterruptedException {
        int threads = workers == 0 ? Runtime.getRuntime().availableProcessors() : workers;
        ServerOptions options = new ServerOptions(
                bind,
                port,
                unixSocket,
                tls.options(),
                r2p2Port,
                threads,
                maxMemory,
                pages.kind,
                eviction,
                adoption,
                r2p2Compatible,
                busyPoll,
                dpdk(),
                tcpTransport.name(),
                parameters);
        SituServer server = SituServer.start(options);
        Thread.setDefaultUncaughtExceptionHandler(ServeCommand::die);
        // The JVM's answer to SIGTERM and SIGINT is to run the hook and then exit with 128 + signal. A server that
        // stopped as asked exits with 0, so the hook ends the process itself.
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(() -> {
            server.close();
            Runtime.getRuntime().halt(0);
        }));
        System.out.println(server.readyLine());
        System.out.flush();
        server.awaitClose();
        return 0;
    }

    /// A server without one of its workers would take requests and never answer them: better none, so that whoever
    /// watches it starts it again.
    private static void die(Thread thread, Throwable failure) {
        System.getLogger("dev.situ.server")
                .log(
                        System.Logger.Level.ERROR,
                        "the thread " + thread.getName() + " died, and the server with it",
                        failure);
        Runtime.getRuntime().halt(DIED);
    }
}
