package dev.situ.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.Words;
import dev.situ.udp.PeerAddress;
import dev.situ.udp.UdpBurst;
import dev.situ.udp.UdpHandler;
import dev.situ.udp.UdpSender;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Timeout;

/// Random datagrams of several clients, with random offloads and sizes, to a server that answers each at once or
/// later, copied, by reference, or in part; every answer must arrive, in the order in which the server gave them
/// to the client, and no buffer stays behind.
///
/// All in one thread, with less under way than a kernel queue of the usual size holds: nothing may be lost.
@Timeout(60)
class FuzzTest {
    private static final int STEPS = 300;
    private static final int MAX_PER_STEP = 60;
    private static final int MAX_LATE = 50;

    private final Map<Long, Deque<ByteBuffer>> promised = new HashMap<>();
    private final List<Later> later = new ArrayList<>();
    private Random random = new Random(0);

    /// A datagram that is kept, to be answered later.
    private record Later(
            UdpBurst burst, long handle, long peer, MemorySegment memory, long offset, ByteBuffer content) {}

    @RepeatedTest(12)
    void everyAnswerArrivesInOrder(RepetitionInfo repetition) throws Exception {
        long seed = repetition.getCurrentRepetition();
        random = new Random(seed);
        SocketStackOptions options = SocketStackOptions.defaults()
                .withOffload(random.nextBoolean(), random.nextBoolean())
                .withMaxPayload(random.nextBoolean() ? 1472 : 3000)
                .withBuffers(65536, 128 + random.nextInt(64), 1 + random.nextInt(300));
        List<SocketUdpStack> clients = new ArrayList<>();
        try (SocketUdpStack server = new SocketUdpStack(options)) {
            long to = PeerAddress.of(server.bind(PlainPeer.ANY_PORT, this::answer));
            for (int i = 0; i < 1 + random.nextInt(4); i++) {
                clients.add(client(options));
            }
            for (int step = 0; step < STEPS; step++) {
                send(clients.get(random.nextInt(clients.size())), to, options.maxPayload());
                send(clients.get(random.nextInt(clients.size())), to, options.maxPayload());
                server.queue(0).poll();
                answerLate(server.queue(0).sender());
                clients.forEach(client -> client.queue(0).poll());
            }
            finish(server, clients);
            assertThat(server.statistics().handlerFailures())
                    .as("seed %d", seed)
                    .isZero();
            assertThat(server.statistics().sendDropped()).as("seed %d", seed).isZero();
            for (SocketUdpStack client : clients) {
                assertThat(client.statistics().handlerFailures())
                        .as("seed %d", seed)
                        .isZero();
            }
            assertThat(promised.values()).as("seed %d", seed).allMatch(Deque::isEmpty);
            assertThat(server.statistics().retained()).isZero();
        } finally {
            clients.forEach(SocketUdpStack::close);
        }
    }

    private void finish(SocketUdpStack server, List<SocketUdpStack> clients) {
        int received;
        do {
            received = server.queue(0).poll();
            answerLate(server.queue(0).sender());
            for (SocketUdpStack client : clients) {
                received += client.queue(0).poll();
            }
        } while (received > 0 || !later.isEmpty());
    }

    private SocketUdpStack client(SocketStackOptions options) throws Exception {
        SocketUdpStack client = new SocketUdpStack(options.withOffload(random.nextBoolean(), random.nextBoolean()));
        long[] self = {0};
        UdpHandler check = (burst, _) -> {
            for (int i = 0; i < burst.size(); i++) {
                assertThat(ByteBuffer.wrap(bytes(burst, i)))
                        .isEqualTo(promised.get(self[0]).remove());
            }
        };
        self[0] = PeerAddress.of(client.bind(PlainPeer.ANY_PORT, check));
        promised.put(self[0], new ArrayDeque<>());
        return client;
    }

    private void send(SocketUdpStack client, long to, int maxPayload) {
        UdpSender sender = client.queue(0).sender();
        int usual = random.nextInt(maxPayload + 1);
        int count = random.nextInt(MAX_PER_STEP / 2);
        for (int i = 0; i < count; i++) {
            int length = random.nextInt(8) > 0 ? usual : random.nextInt(maxPayload + 1);
            byte[] payload = PlainPeer.random(length, random);
            long at = sender.claim(to, length);
            Words.copyFrom(payload, 0, sender.memory(), at, length);
            sender.commit();
        }
        sender.flush();
    }

    private static byte[] bytes(UdpBurst burst, int i) {
        byte[] bytes = new byte[burst.length(i)];
        Words.copyTo(burst.memory(i), burst.offset(i), bytes, 0, bytes.length);
        return bytes;
    }

    private void answer(UdpBurst burst, UdpSender sender) {
        for (int i = 0; i < burst.size(); i++) {
            byte[] all = bytes(burst, i);
            switch (random.nextInt(later.size() < MAX_LATE ? 5 : 3)) {
                case 0 -> Handlers.echo(burst, i, sender);
                case 1 -> {
                    int head = random.nextInt(all.length + 1);
                    long at = sender.claim(burst.peer(i), head);
                    Words.copy(burst.memory(i), burst.offset(i), sender.memory(), at, head);
                    sender.append(burst.memory(i), burst.offset(i) + head, all.length - head);
                    sender.commit();
                }
                case 2 -> {
                    sender.claim(burst.peer(i), random.nextInt(all.length + 1));
                    sender.abort();
                    continue;
                }
                default -> {
                    long handle = burst.retain(i);
                    if (handle == UdpBurst.NOT_RETAINED) {
                        continue;
                    }
                    assertThat(bytes(burst, i)).isEqualTo(all);
                    later.add(new Later(
                            burst, handle, burst.peer(i), burst.memory(i), burst.offset(i), ByteBuffer.wrap(all)));
                    continue;
                }
            }
            promised.get(burst.peer(i)).add(ByteBuffer.wrap(all));
        }
    }

    private void answerLate(UdpSender sender) {
        int count = random.nextInt(later.size() + 1);
        List<Later> answered = later.subList(0, count);
        for (Later datagram : answered) {
            sender.claim(datagram.peer, 0);
            sender.append(datagram.memory, datagram.offset, datagram.content.capacity());
            sender.commit();
            promised.get(datagram.peer).add(datagram.content);
        }
        sender.flush();
        answered.forEach(datagram -> datagram.burst.release(datagram.handle));
        answered.clear();
    }
}
