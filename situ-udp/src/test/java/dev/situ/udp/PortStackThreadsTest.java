package dev.situ.udp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.Words;
import dev.situ.packet.MemoryPort;
import dev.situ.packet.PortCapabilities;
import dev.situ.packet.SoftwarePacketPool;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Two stacks, each with several pollers or several queues.
@Timeout(60)
class PortStackThreadsTest {
    private static final int FLOWS = 64;

    /// Two server pollers, four port queues; one client thread. The link address that one poller learns serves the
    /// other.
    @ParameterizedTest
    @EnumSource(TransmitChoice.class)
    @SuppressWarnings("ThreadPriorityCheck") // there are fewer processors than pollers
    void severalPollersServeTheirOwnQueues(TransmitChoice choice) throws Exception {
        int rounds = 400;
        try (SoftwarePacketPool serverPool = SoftwarePacketPool.of(4096, 512, false);
                SoftwarePacketPool clientPool = SoftwarePacketPool.of(4096, 512, false)) {
            MemoryPort.Wire wire = MemoryPort.wire(
                    serverPool, clientPool, PortCapabilities.plain().withMtu(300), 4);
            AtomicReference<Throwable> failure = new AtomicReference<>();
            AtomicBoolean done = new AtomicBoolean();
            try (PortUdpStack server = new PortUdpStack(
                            wire.left(), PortStackOptions.at("10.0.0.1/24").withPollers(2, choice));
                    PortUdpStack client = new PortUdpStack(
                            wire.right(), PortStackOptions.at("10.0.0.2/24").withPollers(1, choice))) {
                server.bind(new InetSocketAddress(7), PortUdpStackTest.ECHO_HANDLER);
                int[] answers = new int[FLOWS];
                List<Integer> ports = new ArrayList<>();
                for (int flow = 0; flow < FLOWS; flow++) {
                    int number = flow;
                    ports.add(client.bind(new InetSocketAddress(20_000 + flow), (burst, _) -> {
                                for (int i = 0; i < burst.size(); i++) {
                                    assertThat(Words.getInt(burst.memory(i), burst.offset(i)))
                                            .isEqualTo(number);
                                    answers[number]++;
                                }
                            })
                            .getPort());
                }
                List<Thread> pollers = new ArrayList<>();
                for (int i = 0; i < 2; i++) {
                    UdpQueue queue = server.queue(i);
                    Thread poller = new Thread(() -> {
                        while (!done.get()) {
                            if (queue.poll() == 0) {
                                Thread.yield();
                            }
                        }
                    });
                    poller.setUncaughtExceptionHandler((_, e) -> failure.set(e));
                    pollers.add(poller);
                    poller.start();
                }
                PortSenders senders = new PortSenders(client, FLOWS);
                long server7 = PeerAddress.of(0x0A00_0001, 7);
                int answered = 0;
                for (int round = 0; round < rounds && failure.get() == null; round++) {
                    senders.sendAll(server7);
                    while (answered < (round + 1) * FLOWS && failure.get() == null) {
                        int more = client.queue(0).poll();
                        answered += more;
                        if (more == 0) {
                            requireNothingLost(server, client);
                            Thread.yield();
                        }
                    }
                }
                done.set(true);
                for (Thread poller : pollers) {
                    poller.join();
                }
                assertThat(failure.get()).isNull();
                assertThat(ports).hasSize(FLOWS);
                assertThat(answers).containsOnly(rounds);
                assertThat(client.details().arpAsked())
                        .as("only the client had to ask")
                        .isBetween(1L, 3L);
                assertThat(client.statistics().handlerFailures()).isZero();
            }
            assertThat(serverPool.outstanding()).isZero();
            assertThat(clientPool.outstanding()).isZero();
        }
    }

    /// Fails, rather than waits for ever, when a datagram was dropped.
    private static void requireNothingLost(PortUdpStack server, PortUdpStack client) {
        assertThat(server.details().dropped()).isEmpty();
        assertThat(client.details().dropped()).isEmpty();
        assertThat(server.port().statistics().receiveMissed()).isZero();
        assertThat(client.port().statistics().receiveMissed()).isZero();
    }

    /// The senders of the bound ports of a stack's queue 0, in the order of binding.
    private static final class PortSenders {
        private final PortUdpStack stack;
        private final int count;

        PortSenders(PortUdpStack stack, int count) {
            this.stack = stack;
            this.count = count;
        }

        void sendAll(long peer) {
            StackQueue queue = (StackQueue) stack.queue(0);
            for (int i = 0; i < count; i++) {
                BoundPort port = queue.bound(20_000 + i);
                assertThat(port).isNotNull();
                UdpSender sender = port.sender();
                Words.setInt(sender.memory(), sender.claim(peer, 4), i);
                sender.commit();
            }
            queue.flush();
        }
    }

    @Test
    void anEntryIsReadWholeWhileItChanges() throws InterruptedException {
        ArpTable table = new ArpTable(new ArpOptions(Long.MAX_VALUE / 4, 1, 1, 1, 1, 8));
        AtomicBoolean done = new AtomicBoolean();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread reader = new Thread(() -> {
            while (!done.get()) {
                for (int ip = 1; ip < 40; ip++) {
                    ArpEntry entry = table.lookup(ip, 0);
                    // Every link address that was ever told of an address ends in that address.
                    if (entry != null && (entry.ip != ip || (int) (entry.mac & 0xFF) != ip)) {
                        throw new AssertionError("ip " + ip + " has " + entry.ip + " " + entry.mac);
                    }
                }
            }
        });
        reader.setUncaughtExceptionHandler((_, e) -> failure.set(e));
        reader.start();
        long now = 0;
        for (int i = 0; i < 200_000; i++) {
            int ip = 1 + i % 39;
            now += 2_000_000_000L;
            table.hear(ip, (long) i << 8 | ip, true, now);
        }
        done.set(true);
        reader.join();
        assertThat(failure.get()).isNull();
    }
}
