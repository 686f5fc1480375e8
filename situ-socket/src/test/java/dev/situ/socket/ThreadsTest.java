package dev.situ.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.Words;
import dev.situ.udp.PeerAddress;
import dev.situ.udp.UdpBurst;
import dev.situ.udp.UdpHandler;
import dev.situ.udp.UdpQueue;
import dev.situ.udp.UdpSender;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Two pollers that sleep when they can, several clients on threads of their own, and buffers that are kept by
/// one poller and given back by whichever comes along.
@Timeout(60)
class ThreadsTest {
    private static final int CLIENTS = 4;
    private static final int REQUESTS = 20_000;
    private static final int OUTSTANDING = 32;
    private static final int LENGTH = 200;
    private static final long LONGEST_WAIT_NANOS = 20_000_000_000L;

    /// A buffer that is kept, and the burst to release it through.
    private record Kept(UdpBurst burst, long handle) {}

    /// Echoes every datagram, keeps some for a while, and releases what any poller kept.
    private static final class Echo implements UdpHandler {
        final ConcurrentLinkedQueue<Kept> kept = new ConcurrentLinkedQueue<>();

        @Override
        public void onBurst(UdpBurst burst, UdpSender sender) {
            for (int i = 0; i < burst.size(); i++) {
                if (i % 7 == 0) {
                    long handle = burst.retain(i);
                    if (handle != UdpBurst.NOT_RETAINED) {
                        kept.add(new Kept(burst, handle));
                    }
                }
                Handlers.echo(burst, i, sender);
            }
            while (kept.size() > 100) {
                release();
            }
        }

        boolean release() {
            Kept oldest = kept.poll();
            if (oldest == null) {
                return false;
            }
            oldest.burst.release(oldest.handle);
            return true;
        }
    }

    /// Sends numbers, and checks that each comes back once, in order.
    private static final class Client implements UdpHandler, Runnable {
        private final SocketUdpStack stack;
        private final long to;
        private int sent;
        private volatile int answered;
        private volatile boolean disordered;

        Client(long to) throws Exception {
            this.to = to;
            stack = new SocketUdpStack(SocketStackOptions.defaults());
            stack.bind(PlainPeer.ANY_PORT, this);
        }

        @Override
        public void run() {
            UdpQueue queue = stack.queue(0);
            send(queue.sender());
            queue.sender().flush();
            long end = System.nanoTime() + LONGEST_WAIT_NANOS;
            while (answered < REQUESTS && !disordered && System.nanoTime() < end) {
                if (queue.poll() == 0) {
                    queue.await(1_000_000_000);
                }
            }
            stack.close();
        }

        @Override
        public void onBurst(UdpBurst burst, UdpSender sender) {
            int next = answered;
            for (int i = 0; i < burst.size(); i++) {
                disordered |= Words.getInt(burst.memory(i), burst.offset(i)) != next++;
            }
            answered = next;
            send(sender);
        }

        private void send(UdpSender sender) {
            while (sent < REQUESTS && sent - answered < OUTSTANDING) {
                long at = sender.claim(to, LENGTH);
                Words.setInt(sender.memory(), at, sent++);
                sender.commit();
            }
        }
    }

    @Test
    void everyRequestOfEveryClientIsAnsweredInOrder() throws Exception {
        Echo echo = new Echo();
        try (SocketUdpStack server =
                new SocketUdpStack(SocketStackOptions.defaults().withQueues(2))) {
            long to = PeerAddress.of(server.bind(PlainPeer.ANY_PORT, echo));
            List<Client> clients = new ArrayList<>();
            try (Poller _ = new Poller(server)) {
                List<Thread> threads = new ArrayList<>();
                for (int i = 0; i < CLIENTS; i++) {
                    Client client = new Client(to);
                    clients.add(client);
                    threads.add(new Thread(client, "client " + i));
                }
                threads.forEach(Thread::start);
                for (Thread thread : threads) {
                    thread.join();
                }
            }
            while (echo.release()) {
                Thread.onSpinWait();
            }
            for (Client client : clients) {
                assertThat(client.disordered).isFalse();
                assertThat(client.answered).isEqualTo(REQUESTS);
            }
            assertThat(server.statistics().received()).isEqualTo((long) CLIENTS * REQUESTS);
            assertThat(server.statistics().handlerFailures()).isZero();
            assertThat(server.statistics().retained()).isZero();
        }
    }
}
