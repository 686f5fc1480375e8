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
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A memif whose other end goes while this one is polled: in a process of its own, as what goes wrong is a crash.
@Timeout(120)
class MemifPeerTest {
    private static final int PEERS = 10;
    private static final int FRAMES = 20_000;

    @Test
    void peersThatAreKilledUnderTrafficOrCloseAreOutlived(@TempDir Path folder) throws Exception {
        String missing = Eal.missing();
        TestEal.require(missing == null, missing);
        String socket = folder.resolve("s").toString();
        // On one processor, the interrupt thread finds the poller stopped in the middle of a burst, most of the time.
        List<String> onOneProcessor = List.of("taskset", "-c", firstProcessor());
        Process server = start(onOneProcessor, Server.class, socket);
        try (BufferedReader said = output(server)) {
            assertThat(said.readLine()).isEqualTo("listening");
            for (int i = 0; i < PEERS; i++) {
                boolean killed = i % 2 == 0;
                Process peer = start(List.of(), Peer.class, socket, killed ? "forever" : "once");
                try (BufferedReader words = output(peer)) {
                    assertThat(words.readLine()).as("peer " + i).isEqualTo("traffic");
                    if (killed) {
                        peer.destroyForcibly();
                        peer.waitFor();
                    } else {
                        assertThat(peer.waitFor()).isZero();
                    }
                } finally {
                    peer.destroyForcibly();
                }
                assertThat(server.isAlive()).as("after peer " + i).isTrue();
            }
            server.getOutputStream().close();
            assertThat(said.readLine()).isEqualTo("ended");
            assertThat(server.waitFor()).isZero();
        } finally {
            server.destroyForcibly();
        }
    }

    private static Process start(List<String> prefix, Class<?> program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(Child.java(program));
        // Its checks would be most of a poll, and a burst the least.
        command.replaceAll(word -> word.equals("-Dsitu.checked=true") ? "-Dsitu.checked=false" : word);
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static String firstProcessor() throws IOException {
        return Affinity.ofThisThread().replaceFirst(".*:\\s*(\\d+).*", "$1");
    }

    private static BufferedReader output(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    private static DpdkPort open(Eal eal, DpdkPacketPool pool, String role, String socket) {
        return DpdkPort.open(
                eal, pool, DpdkPortOptions.of("net_memif0,role=" + role + ",socket=" + socket + ",socket-abstract=no"));
    }

    /// Sends back what comes, until its input ends. Whatever its peers did, it holds no packet then.
    static final class Server {
        private Server() {}

        public static void main(String[] arguments) throws Exception {
            try (Eal eal = Eal.start(EalOptions.withoutHugePages(64));
                    DpdkPacketPool pool = DpdkPacketPool.create(eal, 1023);
                    DpdkPort port = open(eal, pool, "server", arguments[0])) {
                System.out.println("listening");
                AtomicBoolean ended = new AtomicBoolean();
                Thread poller = new Thread(() -> echo(port.queue(0), ended));
                poller.start();
                while (System.in.read() >= 0) {
                    // Nothing is said to it.
                }
                ended.set(true);
                poller.join();
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

    /// Sends frames as fast as it can, and says so when many came back.
    static final class Peer {
        private Peer() {}

        public static void main(String[] arguments) {
            try (Eal eal = Eal.start(EalOptions.withoutHugePages(64));
                    DpdkPacketPool pool = DpdkPacketPool.create(eal, 1023);
                    DpdkPort port = open(eal, pool, "client", arguments[0])) {
                while (!port.isLinkUp()) {
                    Thread.onSpinWait();
                }
                exchange(port.queue(0));
                System.out.println("traffic");
                while (arguments[1].equals("forever")) {
                    exchange(port.queue(0));
                }
            }
        }

        private static void exchange(PortQueue queue) {
            PacketBurst burst = new PacketBurst(32);
            int returned = 0;
            while (returned < FRAMES) {
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
