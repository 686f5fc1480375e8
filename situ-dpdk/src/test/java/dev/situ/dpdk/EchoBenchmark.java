package dev.situ.dpdk;

import dev.situ.memory.Words;
import dev.situ.packet.Packet;
import dev.situ.packet.PacketBurst;
import dev.situ.packet.PacketCache;
import dev.situ.packet.PortQueue;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Echo on the bare binding: frames over a memif to a server process on core 0, which swaps their addresses and
/// sends them back to this process on core 1.
///
/// Not a test. Run it with `java -cp <test class path> --enable-native-access=ALL-UNNAMED
/// dev.situ.dpdk.EchoBenchmark [seconds [bytes]]`. It prints the time of a round trip with one frame under way,
/// and the frames a second with 64.
///
/// The server stops polling when it gets a frame with [#STOP], says so, and closes its end only when its input
/// ends: while one end of a memif is polled, the other stays.
final class EchoBenchmark {
    private static final int MEGABYTES = 64;
    private static final int PACKETS = 4095;
    private static final int OUTSTANDING = 64;
    private static final int NUMBER = 14;
    private static final int STOP = -1;
    private static final int WARM_UP_SHARE = 2;
    private static final int MAX_SAMPLES = 1 << 20;

    private EchoBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments.length == 2 && arguments[0].equals("server")) {
            serve(Path.of(arguments[1]));
            return;
        }
        double seconds = arguments.length > 0 ? Double.parseDouble(arguments[0]) : 1;
        int bytes = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 64;
        Path directory = Files.createTempDirectory("situ-echo");
        Path socket = directory.resolve("s");
        Process server = onCore(0, "server", socket.toString());
        try (BufferedReader words =
                new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8))) {
            expect(words, "listening");
            pin();
            measure(socket, seconds, bytes, words);
        } finally {
            // The end of its input lets the server close.
            server.getOutputStream().close();
            server.waitFor();
            Files.deleteIfExists(socket);
            Files.delete(directory);
        }
    }

    private static Process onCore(int core, String... arguments) throws Exception {
        List<String> command = new java.util.ArrayList<>(List.of(
                "taskset",
                "-c",
                Integer.toString(core),
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx256m",
                "-XX:+UseZGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                EchoBenchmark.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void pin() throws Exception {
        new ProcessBuilder(
                        "taskset",
                        "-a",
                        "-p",
                        "-c",
                        "1",
                        Long.toString(ProcessHandle.current().pid()))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private static void expect(BufferedReader words, String word) throws Exception {
        String said = words.readLine();
        if (!word.equals(said)) {
            throw new IllegalStateException("the server said " + said + " instead of " + word);
        }
    }

    private static DpdkPort open(Eal eal, DpdkPacketPool pool, String role, Path socket) {
        return DpdkPort.open(
                eal, pool, DpdkPortOptions.of("net_memif0,role=" + role + ",socket=" + socket + ",socket-abstract=no"));
    }

    private static void serve(Path socket) throws Exception {
        try (Eal eal = Eal.start(EalOptions.withoutHugePages(MEGABYTES));
                EalThread _ = eal.register();
                DpdkPacketPool pool = DpdkPacketPool.create(eal, PACKETS);
                DpdkPort port = open(eal, pool, "server", socket)) {
            System.out.println("listening");
            PortQueue queue = port.queue(0);
            PacketBurst burst = new PacketBurst(32);
            boolean stopped = false;
            while (!stopped) {
                queue.receive(burst);
                for (int i = 0; i < burst.size(); i++) {
                    stopped |= turnRound(pool.memory(), burst.packet(i));
                }
                queue.transmit(burst);
                queue.cache().releaseAll(burst);
            }
            System.out.println("stopped");
            Child.awaitEndOfInput(); // the other end is closed then
        }
    }

    /// Swaps the addresses of a frame, and says whether it is the last.
    private static boolean turnRound(MemorySegment m, long packet) {
        long at = Packet.data(m, packet);
        long destination = Words.getLong(m, at);
        int source = Words.getInt(m, at + 6);
        short sourceEnd = Words.getShort(m, at + 10);
        Words.setInt(m, at, source);
        Words.setShort(m, at + 4, sourceEnd);
        Words.setInt(m, at + 6, (int) destination);
        Words.setShort(m, at + 10, (short) (destination >>> 32));
        return Words.getIntBe(m, at + NUMBER) == STOP;
    }

    private static void measure(Path socket, double seconds, int bytes, BufferedReader words) throws Exception {
        try (Eal eal = Eal.start(EalOptions.withoutHugePages(MEGABYTES));
                EalThread _ = eal.register();
                DpdkPacketPool pool = DpdkPacketPool.create(eal, PACKETS);
                DpdkPort port = open(eal, pool, "client", socket)) {
            while (!port.isLinkUp()) {
                Thread.onSpinWait();
            }
            Client client = new Client(port.queue(0), bytes);
            client.run(1, seconds / WARM_UP_SHARE);
            client.run(1, seconds);
            long[] trips = Arrays.copyOf(client.samples, client.sampled);
            Arrays.sort(trips);
            client.run(OUTSTANDING, seconds / WARM_UP_SHARE);
            double rate = client.run(OUTSTANDING, seconds);
            System.out.printf(
                    Locale.ROOT,
                    "%d bytes: round trip p50 %d ns, p99 %d ns; %d under way: %.2f M frames/s%n",
                    bytes,
                    trips[trips.length / 2],
                    trips[trips.length / 100 * 99],
                    OUTSTANDING,
                    rate / 1e6);
            client.send(1, STOP);
            expect(words, "stopped");
        }
    }

    /// Keeps a number of frames under way: each that comes back is sent again.
    private static final class Client {
        private final PortQueue queue;
        private final PacketCache cache;
        private final int bytes;
        private final PacketBurst burst = new PacketBurst(32);
        private final long[] samples = new long[MAX_SAMPLES];
        private int sampled;

        Client(PortQueue queue, int bytes) {
            this.queue = queue;
            this.cache = queue.cache();
            this.bytes = bytes;
        }

        void send(int count, int number) {
            for (int i = 0; i < count; i++) {
                burst.add(Frames.take(cache, number, bytes));
                if (burst.room() == 0 || i == count - 1) {
                    Frames.sendAll(queue, burst);
                }
            }
        }

        /// Gives frames a second.
        double run(int outstanding, double seconds) {
            sampled = 0;
            send(outstanding, 1);
            long start = System.nanoTime();
            long end = start + (long) (seconds * 1e9);
            long sent = start;
            long now = start;
            long returned = 0;
            while (now < end) {
                int received = queue.receive(burst);
                if (received > 0) {
                    returned += received;
                    now = System.nanoTime();
                    if (sampled < MAX_SAMPLES) {
                        samples[sampled++] = now - sent;
                    }
                    sent = now;
                    Frames.sendAll(queue, burst);
                } else if (outstanding > 1) {
                    now = System.nanoTime();
                }
            }
            for (int left = outstanding; left > 0; ) {
                left -= queue.receive(burst);
                cache.releaseAll(burst);
            }
            return returned * 1e9 / (now - start);
        }
    }
}
