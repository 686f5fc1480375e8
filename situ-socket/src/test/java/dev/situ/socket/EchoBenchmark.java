package dev.situ.socket;

import dev.situ.memory.Words;
import dev.situ.udp.PeerAddress;
import dev.situ.udp.UdpBurst;
import dev.situ.udp.UdpHandler;
import dev.situ.udp.UdpQueue;
import dev.situ.udp.UdpSender;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Locale;

/// Echo through the stack, server on core 0 and client on core 1: requests of 44 bytes, replies of 79.
///
/// Not a test. Run it with `java -cp <test class path> --enable-native-access=ALL-UNNAMED
/// dev.situ.socket.EchoBenchmark [seconds [outstanding...]]`.
final class EchoBenchmark {
    private static final int REQUEST_BYTES = 44;
    private static final int REPLY_BYTES = 79;
    private static final int EMPTY_POLLS = 50;
    private static final int ROUNDS = 3;

    private EchoBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        double seconds = arguments.length > 0 ? Double.parseDouble(arguments[0]) : 1;
        int[] outstanding = arguments.length > 1
                ? Arrays.stream(arguments).skip(1).mapToInt(Integer::parseInt).toArray()
                : new int[] {1, 16, 64, 256};
        SocketStackOptions both = SocketStackOptions.defaults();
        SocketStackOptions plain = both.withOffload(false, false);
        for (int round = 0; round < ROUNDS; round++) {
            for (int n : outstanding) {
                measure("client batches", both, both, n, seconds);
                measure("client one by one", both, plain, n, seconds);
                measure("nobody batches", plain, plain, n, seconds);
            }
        }
    }

    private static void measure(
            String name, SocketStackOptions server, SocketStackOptions client, int outstanding, double seconds)
            throws Exception {
        try (SocketUdpStack serverStack = new SocketUdpStack(server);
                SocketUdpStack clientStack = new SocketUdpStack(client)) {
            InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            long to = PeerAddress.of(serverStack.bind(any, EchoBenchmark::reply));
            ServerLoop loop = new ServerLoop(serverStack.queue(0));
            Thread thread = new Thread(loop, "server");
            thread.start();
            Client requests = new Client(to);
            clientStack.bind(any, requests);
            double rate = requests.run(clientStack.queue(0), outstanding, seconds);
            loop.stop();
            thread.join();
            report(name, outstanding, rate, requests, serverStack);
        }
    }

    private static void report(String name, int outstanding, double rate, Client client, SocketUdpStack server) {
        SocketStatistics kernel = server.socketStatistics();
        System.out.printf(
                Locale.ROOT,
                "%-18s outstanding %4d: %8.0f k/s, lost %d, server: %.1f datagrams a message in, %.1f out,"
                        + " %.1f messages a call in, sleeps %d%n",
                name,
                outstanding,
                rate / 1000,
                client.lost,
                (double) server.statistics().received() / kernel.receivedMessages(),
                (double) server.statistics().sent() / kernel.sentMessages(),
                (double) kernel.receivedMessages() / kernel.receiveCalls(),
                kernel.sleeps());
    }

    private static void reply(UdpBurst burst, UdpSender sender) {
        for (int i = 0; i < burst.size(); i++) {
            long at = sender.claim(burst.peer(i), REPLY_BYTES);
            Words.setLong(sender.memory(), at, Words.getLong(burst.memory(i), burst.offset(i)));
            sender.commit();
        }
    }

    private static final class ServerLoop implements Runnable {
        private final UdpQueue queue;
        private volatile boolean stopped;

        ServerLoop(UdpQueue queue) {
            this.queue = queue;
        }

        void stop() {
            stopped = true;
            queue.wakeup();
        }

        @Override
        public void run() {
            Affinity.pin(0);
            int empty = 0;
            while (!stopped) {
                if (queue.poll() > 0) {
                    empty = 0;
                } else if (++empty > EMPTY_POLLS) {
                    queue.await(1_000_000_000);
                }
            }
        }
    }

    /// Keeps a number of requests outstanding: each reply sends the next one.
    private static final class Client implements UdpHandler {
        private static final long LOST_NANOS = 50_000_000;

        private final long to;
        private long replies;
        private long lost;

        Client(long to) {
            this.to = to;
        }

        double run(UdpQueue queue, int outstanding, double seconds) {
            Affinity.pin(1);
            long start = System.nanoTime();
            long counted = 0;
            long countedFrom = start;
            long end = start + (long) (1.3 * seconds * 1e9);
            long last = start;
            send(queue, outstanding);
            while (true) {
                if (queue.poll() > 0) {
                    last = System.nanoTime();
                    if (counted == 0 && last - start > 0.3 * seconds * 1e9) {
                        counted = replies;
                        countedFrom = last;
                    }
                    if (last > end) {
                        return (replies - counted) * 1e9 / (last - countedFrom);
                    }
                } else if (System.nanoTime() - last > LOST_NANOS) {
                    lost += outstanding;
                    send(queue, outstanding);
                    last = System.nanoTime();
                }
            }
        }

        private void send(UdpQueue queue, int count) {
            for (int i = 0; i < count; i++) {
                request(queue.sender());
            }
            queue.sender().flush();
        }

        private void request(UdpSender sender) {
            long at = sender.claim(to, REQUEST_BYTES);
            Words.setLong(sender.memory(), at, replies);
            sender.commit();
        }

        @Override
        public void onBurst(UdpBurst burst, UdpSender sender) {
            for (int i = 0; i < burst.size(); i++) {
                replies++;
                request(sender);
            }
        }
    }
}
