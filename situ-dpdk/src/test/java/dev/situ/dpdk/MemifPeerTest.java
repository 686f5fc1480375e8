package dev.situ.dpdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.packet.PacketBurst;
import dev.situ.packet.PortQueue;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A memif whose other end goes while this one is polled: in a process of its own, as what goes wrong is a crash.
/// On one processor, where the interrupt thread finds the poller stopped in the middle of a burst more often.
@Timeout(120)
class MemifPeerTest {
    private static final int PEERS = 4;
    /// How often a peer connects anew before it ends.
    private static final int CONNECTIONS = 15;
    private static final int FRAMES = 5000;
    private static final int MEGABYTES = 64;
    private static final long DEADLINE_SECONDS = 60;

    private final List<Process> children = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void peersThatCloseOrAreKilledUnderTrafficAreOutlived(int queues, @TempDir Path folder) throws Exception {
        String missing = Eal.missing();
        TestEal.require(missing == null, missing);
        String socket = folder.resolve("s").toString();
        try {
            Process server = start(folder, List.of("taskset", "-c", firstProcessor()), Server.class, socket, queues);
            BufferedReader said = output(server);
            assertThat(said.readLine()).isEqualTo("listening");
            for (int i = 0; i < PEERS; i++) {
                Process peer = start(folder, List.of(), Peer.class, socket, queues);
                assertThat(output(peer).readLine()).as("peer " + i).isEqualTo("traffic");
                if (i % 2 == 0) {
                    assertThat(peer.waitFor()).as("peer " + i).isZero();
                } else {
                    peer.destroyForcibly().waitFor();
                }
            }
            server.getOutputStream().close();
            assertThat(said.readLine()).isEqualTo("ended");
            assertThat(server.waitFor()).isZero();
        } finally {
            children.forEach(Process::destroyForcibly);
        }
    }

    private Process start(Path folder, List<String> prefix, Class<?> program, String socket, int queues)
            throws IOException {
        List<String> command = new ArrayList<>(prefix);
        // Its checks would be most of a poll, and a burst the least.
        command.addAll(Child.java(program, false));
        command.addAll(List.of(socket, Integer.toString(queues)));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile()) // where a crash is reported
                .redirectErrorStream(true)
                .start();
        children.add(process);
        // What hangs is ended: who reads its output finds the end.
        CompletableFuture<Process> _ = process.onExit()
                .orTimeout(DEADLINE_SECONDS, TimeUnit.SECONDS)
                .exceptionally(_ -> process.destroyForcibly());
        return process;
    }

    private static String firstProcessor() throws IOException {
        return Affinity.ofThisThread().replaceFirst(".*:\\s*(\\d+).*", "$1");
    }

    private static BufferedReader output(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    private static DpdkPort open(Eal eal, DpdkPacketPool pool, String role, String[] arguments) {
        String device = "net_memif0,role=" + role + ",socket=" + arguments[0] + ",socket-abstract=no";
        return DpdkPort.open(eal, pool, DpdkPortOptions.of(device).withQueues(Integer.parseInt(arguments[1])));
    }

    /// Sends back what comes, each queue by a thread of its own, until its input ends. Whatever its peers did, it holds
    /// no packet then.
    static final class Server {
        private Server() {}

        public static void main(String[] arguments) throws Exception {
            try (Eal eal = Eal.start(EalOptions.withoutHugePages(MEGABYTES));
                    DpdkPacketPool pool = DpdkPacketPool.create(eal, 1023);
                    DpdkPort port = open(eal, pool, "server", arguments)) {
                AtomicBoolean ended = new AtomicBoolean();
                List<Thread> pollers = new ArrayList<>();
                for (int i = 0; i < port.queues(); i++) {
                    PortQueue queue = port.queue(i);
                    pollers.add(Thread.ofPlatform().start(() -> echo(queue, ended)));
                }
                System.out.println("listening");
                Child.awaitEndOfInput();
                ended.set(true);
                for (Thread poller : pollers) {
                    poller.join();
                }
            }
            System.out.println("ended");
        }

        private static void echo(PortQueue queue, AtomicBoolean ended) {
            PacketBurst burst = new PacketBurst(32);
            while (!ended.get()) {
                if (queue.receive(burst) > 0) {
                    queue.transmit(burst);
                    queue.cache().releaseAll(burst);
                }
            }
        }
    }

    /// Connects, sends frames as fast as it can until many came back, closes, and connects again. Says so once.
    static final class Peer {
        private Peer() {}

        public static void main(String[] arguments) {
            Thread.ofPlatform().daemon().start(Peer::endWithParent);
            try (Eal eal = Eal.start(EalOptions.withoutHugePages(MEGABYTES));
                    DpdkPacketPool pool = DpdkPacketPool.create(eal, 1023)) {
                for (int i = 0; i < CONNECTIONS; i++) {
                    try (DpdkPort port = open(eal, pool, "client", arguments)) {
                        while (!port.isLinkUp()) {
                            Thread.onSpinWait();
                        }
                        exchange(port);
                    }
                    if (i == 0) {
                        System.out.println("traffic");
                    }
                }
            }
        }

        private static void endWithParent() {
            try {
                Child.awaitEndOfInput();
            } catch (IOException e) {
                System.out.println(e);
            }
            Runtime.getRuntime().halt(1);
        }

        private static void exchange(DpdkPort port) {
            PacketBurst burst = new PacketBurst(32);
            int returned = 0;
            for (int turn = 0; returned < FRAMES; turn++) {
                PortQueue queue = port.queue(turn % port.queues());
                while (burst.room() > 0) {
                    burst.add(Frames.take(queue.cache(), returned, 256));
                }
                queue.transmit(burst);
                queue.cache().releaseAll(burst);
                returned += queue.receive(burst);
                queue.cache().releaseAll(burst);
            }
        }
    }
}
