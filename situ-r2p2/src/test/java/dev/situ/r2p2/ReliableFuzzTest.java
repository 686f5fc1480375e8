package dev.situ.r2p2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import dev.situ.udp.PeerAddress;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A client and a server in reliable mode, and between them also random packets and mutations of what was sent before.
/// Nothing may throw, every call ends once, memory stays bounded, and at the end nothing is retained. What comes from
/// other addresses changes nothing at all.
///
/// `-Dsitu.r2p2.rounds=1000000` runs longer.
class ReliableFuzzTest {
    private static final int ROUNDS = Integer.getInteger("situ.r2p2.rounds", 10_000);
    private static final int BURST = 8;
    private static final long MILLI = 1_000_000;

    private final Random random = new Random();
    private final MemoryStack serverSide = new MemoryStack();
    private final MemoryStack clientSide = new MemoryStack();
    private final ArrayDeque<Datagram> toServer = new ArrayDeque<>();
    private final ArrayDeque<Datagram> toClient = new ArrayDeque<>();
    private final List<Datagram> seen = new ArrayList<>();
    private final Map<Long, byte[]> calls = new HashMap<>();
    private final Map<CallStatus, Integer> ends = new HashMap<>();
    private final EchoHandler handler = new EchoHandler();
    private final ReliableServerOptions options = ReliableServerOptions.DEFAULTS
            .withCounts(16, 8, 64)
            .withBytes(200_000, 300_000, 300_000, 64L * BlockPool.BLOCK_BYTES)
            .withTimes(500 * MILLI, 2000 * MILLI, 28);
    private long now;
    private final R2p2Server server =
            new R2p2Server(1, R2p2ServerOptions.DEFAULTS, options, handler, ResponseOwners.LASTING, () -> now);
    private final ReliableClient client = new ReliableClient(
            new long[] {Datagram.SERVER}, ReliableClientOptions.DEFAULTS.withMaxOutstanding(32), () -> now);
    private long nextToken;
    private int wrong;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void foreignRubbishChangesNothing(long seed) {
        random.setSeed(seed);
        for (int i = 0; i < ROUNDS; i++) {
            round(this::foreign);
            now += 1000;
        }
        drain();
        assertThat(wrong).as("seed %d", seed).isZero();
        assertThat(ends).as("seed %d", seed).containsOnlyKeys(CallStatus.OK);
        assertThat(ends.get(CallStatus.OK)).as("seed %d", seed).isGreaterThan(500);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16})
    void everyCallEndsAmongRubbishFromTheVeryPeer(long seed) {
        random.setSeed(seed);
        serverSide.buffers = 200;
        clientSide.buffers = 200;
        for (int i = 0; i < ROUNDS; i++) {
            round(this::own);
            if (random.nextInt(10) == 0) {
                toClient.poll();
                toServer.poll();
            }
            now += random.nextInt(100_000);
        }
        drain();
        assertThat(ends.values().stream().mapToLong(Integer::longValue).sum())
                .as("seed %d", seed)
                .isEqualTo(nextToken);
        assertThat(ends.getOrDefault(CallStatus.OK, 0))
                .as("seed %d: %s", seed, ends)
                .isGreaterThan(10);
    }

    private void round(UnaryOperator<Datagram> source) {
        if (random.nextInt(4) == 0 && client.outstanding() < 32) {
            startCall();
        }
        if (random.nextInt(2) == 0) {
            toServer.add(source.apply(rubbish(Datagram.CLIENT)));
            toClient.add(source.apply(rubbish(Datagram.SERVER)));
        }
        pump();
        ReliableServerStatistics s = server.reliableStatistics();
        assertThat(s.sessions()).isLessThanOrEqualTo(options.maxSessions());
        assertThat(s.calls()).isLessThanOrEqualTo(options.maxCalls());
        assertThat(s.unfinishedBytes()).isBetween(0L, options.maxUnfinishedBytes());
        assertThat(s.retainedBytes()).isBetween(0L, options.maxRetainedBytes() + options.maxMessageBytes());
    }

    private void startCall() {
        byte[] request = new byte[random.nextInt(8) == 0 ? random.nextInt(30_000) : random.nextInt(100)];
        random.nextBytes(request);
        MemorySegment memory = Arena.ofAuto().allocate(Math.max(1, request.length));
        Words.copyFrom(request, 0, memory, 0, request.length);
        handler.owned = random.nextBoolean();
        long token = nextToken++;
        calls.put(token, request);
        CallStart start = client.call(clientSide, memory, 0, request.length, now + 500 * MILLI, this::ended, token);
        assertThat(start).isEqualTo(CallStart.STARTED);
    }

    private void ended(long token, CallStatus status, SliceList response) {
        byte[] request = calls.remove(token);
        assertThat(request).as("ended once").isNotNull();
        ends.merge(status, 1, Integer::sum);
        if (status == CallStatus.OK && !Arrays.equals(request, VectorsTest.bytes(response))) {
            wrong++;
        }
    }

    private void pump() {
        move(clientSide.sent(), toServer, Datagram.CLIENT);
        move(serverSide.deliver(server, burst(toServer)), toClient, Datagram.SERVER);
        move(clientSide.deliver(client, burst(toClient)), toServer, Datagram.CLIENT);
        if (random.nextInt(4) == 0) {
            server.tick(0, serverSide);
            client.tick(clientSide);
        }
        handler.requests.clear();
    }

    private void drain() {
        for (int i = 0; i < 20_000 && (client.outstanding() > 0 || !toServer.isEmpty() || !toClient.isEmpty()); i++) {
            pump();
            now += MILLI / 10;
        }
        assertThat(client.outstanding()).isZero();
        for (int i = 0; i < 100; i++) {
            pump();
            now += 10 * MILLI;
        }
        for (int i = 0; i < 100; i++) {
            server.tick(0, serverSide);
            now += 100 * MILLI;
        }
        assertThat(client.flying()).isZero();
        assertThat(server.reliableStatistics().sessions()).isZero();
        assertThat(server.reliableStatistics().calls()).isZero();
        assertThat(server.reliableStatistics().retainedBytes()).isZero();
        assertThat(serverSide.retained()).isZero();
        assertThat(clientSide.retained()).isZero();
    }

    private void move(List<Datagram> sent, ArrayDeque<Datagram> to, long from) {
        for (Datagram datagram : sent) {
            if (datagram.peer() != (from == Datagram.CLIENT ? Datagram.SERVER : Datagram.CLIENT)) {
                continue; // to a forged address
            }
            to.add(datagram.from(from));
            if (seen.size() < 200) {
                seen.add(datagram);
            } else if (random.nextInt(20) == 0) {
                seen.set(random.nextInt(200), datagram);
            }
        }
    }

    private Datagram[] burst(ArrayDeque<Datagram> from) {
        List<Datagram> burst = new ArrayList<>();
        while (!from.isEmpty() && burst.size() < BURST) {
            burst.add(from.poll());
        }
        return burst.toArray(Datagram[]::new);
    }

    private Datagram foreign(Datagram datagram) {
        return datagram.from(PeerAddress.of(0x08000000 + random.nextInt(5), 1 + random.nextInt(5)));
    }

    private Datagram own(Datagram datagram) {
        return random.nextBoolean() ? datagram : foreign(datagram);
    }

    private Datagram rubbish(long peer) {
        return new Datagram(
                peer,
                switch (random.nextInt(4)) {
                    case 0 -> random(random.nextInt(40));
                    case 1 -> wellFormed();
                    default -> mutated();
                });
    }

    private byte[] random(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private byte[] wellFormed() {
        byte[] bytes = new byte[ReliableHeader.BYTES + random.nextInt(random.nextBoolean() ? 40 : 1460)];
        random.nextBytes(bytes);
        MemorySegment memory = MemorySegment.ofArray(bytes);
        int count = 1 + random.nextInt(30);
        long first = ReliableHeader.ofPacket(random.nextInt(11), random.nextInt(300), random.nextInt(count), count);
        ReliableHeader.write(memory, 0, first, ReliableHeader.toServer(random.nextInt(5), random.nextInt(300), 0));
        return bytes;
    }

    private byte[] mutated() {
        if (seen.isEmpty()) {
            return new byte[0];
        }
        byte[] bytes = seen.get(random.nextInt(seen.size())).bytes().clone();
        for (int i = random.nextInt(3); i > 0 && bytes.length > 0; i--) {
            bytes[random.nextInt(random.nextBoolean() ? bytes.length : Math.min(16, bytes.length))] =
                    (byte) random.nextInt();
        }
        return random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)) : bytes;
    }
}
