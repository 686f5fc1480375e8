package dev.situ.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.situ.udp.UdpQueue;
import dev.situ.udp.UdpSender;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Sleeping, waking, handlers that throw, and use that is against the rules.
@Timeout(60)
class PollTest {
    private static final long FOREVER = Long.MAX_VALUE;

    @Test
    void aDatagramEndsTheSleep() throws Exception {
        try (SocketUdpStack stack = new SocketUdpStack(SocketStackOptions.defaults())) {
            InetSocketAddress bound = stack.bind(PlainPeer.ANY_PORT, Handlers.ECHO);
            try (PlainPeer peer = new PlainPeer(bound)) {
                peer.send(new byte[] {1});
                stack.queue(0).await(FOREVER);
                assertThat(stack.queue(0).poll()).isEqualTo(1);
                assertThat(peer.receive()).containsExactly(1);
            }
        }
    }

    @Test
    void theTimeOutEndsTheSleep() throws Exception {
        try (SocketUdpStack stack = new SocketUdpStack(SocketStackOptions.defaults())) {
            stack.bind(PlainPeer.ANY_PORT, Handlers.ECHO);
            long start = System.nanoTime();
            stack.queue(0).await(20_000_000);
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000);
            stack.queue(0).await(0);
            stack.queue(0).await(-1);
            assertThat(stack.queue(0).poll()).isZero();
        }
    }

    @Test
    void aBusyPollingQueueNeverSleeps() throws Exception {
        try (SocketUdpStack stack =
                new SocketUdpStack(SocketStackOptions.defaults().withBusyPoll(true))) {
            stack.bind(PlainPeer.ANY_PORT, Handlers.ECHO);
            stack.queue(0).await(FOREVER);
            assertThat(stack.socketStatistics().sleeps()).isZero();
        }
    }

    @Test
    void aWakeupEndsTheNextSleepOnce() throws Exception {
        try (SocketUdpStack stack = new SocketUdpStack(SocketStackOptions.defaults())) {
            stack.bind(PlainPeer.ANY_PORT, Handlers.ECHO);
            UdpQueue queue = stack.queue(0);
            queue.wakeup();
            queue.wakeup();
            queue.await(FOREVER);
            long start = System.nanoTime();
            queue.await(5_000_000);
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(5_000_000);
            queue.wakeup();
            queue.await(FOREVER);
        }
    }

    /// Threads hand over numbers and wake the poller each time; a wakeup that got lost would leave it asleep for
    /// good.
    @Test
    void noWakeupIsLost() throws Exception {
        int threads = 3;
        int each = 20_000;
        AtomicInteger handed = new AtomicInteger();
        try (SocketUdpStack stack = new SocketUdpStack(SocketStackOptions.defaults())) {
            stack.bind(PlainPeer.ANY_PORT, Handlers.ECHO);
            UdpQueue queue = stack.queue(0);
            Thread[] wakers = new Thread[threads];
            for (int t = 0; t < threads; t++) {
                wakers[t] = new Thread(() -> {
                    for (int i = 0; i < each; i++) {
                        handed.incrementAndGet();
                        queue.wakeup();
                    }
                });
                wakers[t].start();
            }
            int seen = 0;
            while (seen < threads * each) {
                queue.await(FOREVER);
                seen = handed.get();
            }
            for (Thread waker : wakers) {
                waker.join();
            }
        }
    }

    @Test
    void aHandlerThatThrowsCostsItsBurstAndNothingElse() throws Exception {
        AtomicBoolean bad = new AtomicBoolean(true);
        try (SocketUdpStack stack = new SocketUdpStack(SocketStackOptions.defaults())) {
            InetSocketAddress bound = stack.bind(PlainPeer.ANY_PORT, (burst, sender) -> {
                Handlers.ECHO.onBurst(burst, sender);
                if (bad.get()) {
                    sender.claim(burst.peer(0), 10);
                    throw new IllegalStateException("a handler that throws on purpose: one such log line is right");
                }
            });
            try (PlainPeer peer = new PlainPeer(bound)) {
                for (int i = 0; i < 5; i++) {
                    peer.send(new byte[] {1});
                    poll(stack);
                    // What was committed before it threw leaves.
                    assertThat(peer.receive()).containsExactly(1);
                }
                assertThat(stack.statistics().handlerFailures()).isEqualTo(5);
                bad.set(false);
                peer.send(new byte[] {2});
                poll(stack);
                assertThat(peer.receive()).containsExactly(2);
                assertThat(stack.statistics().handlerFailures()).isEqualTo(5);
            }
        }
    }

    private static void poll(SocketUdpStack stack) {
        while (stack.queue(0).poll() == 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aHandlerMustNotPollOrClose() throws Exception {
        AtomicReference<Throwable> polled = new AtomicReference<>();
        AtomicReference<Throwable> closed = new AtomicReference<>();
        try (SocketUdpStack stack = new SocketUdpStack(SocketStackOptions.defaults())) {
            InetSocketAddress bound = stack.bind(PlainPeer.ANY_PORT, (_, _) -> {
                polled.set(thrownBy(() -> stack.queue(0).poll()));
                closed.set(thrownBy(stack::close));
            });
            try (PlainPeer peer = new PlainPeer(bound)) {
                peer.send(new byte[1]);
                poll(stack);
            }
        }
        assertThat(polled.get()).hasMessage("a handler polls the queue that called it");
        assertThat(closed.get()).hasMessageContaining("closed while");
    }

    private static Throwable thrownBy(Runnable action) {
        try {
            action.run();
        } catch (IllegalStateException e) {
            return e;
        }
        return new AssertionError("nothing was thrown");
    }

    @Test
    void twoThreadsOnOneQueueAreFoundOut() throws Exception {
        CountDownLatch inHandler = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (SocketUdpStack stack = new SocketUdpStack(SocketStackOptions.defaults())) {
            InetSocketAddress bound = stack.bind(PlainPeer.ANY_PORT, (_, _) -> {
                inHandler.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            UdpSender sender = stack.queue(0).sender();
            try (PlainPeer peer = new PlainPeer(bound);
                    Poller _ = new Poller(stack)) {
                peer.send(new byte[1]);
                inHandler.await();
                assertThatThrownBy(() -> stack.queue(0).poll()).hasMessageContaining("queue polled by");
                assertThatThrownBy(() -> sender.claim(1, 1)).hasMessageContaining("queue sent through by");
                assertThatThrownBy(sender::flush).hasMessageContaining("queue flushed by");
                assertThatThrownBy(stack::close).hasMessageContaining("queue closed while");
                goOn.countDown();
            }
        }
    }
}
