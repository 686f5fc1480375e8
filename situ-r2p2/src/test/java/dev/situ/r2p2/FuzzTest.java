package dev.situ.r2p2;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A client and a server that talk through a net which also brings random packets and mutations of what was sent
/// before. Nothing may throw, honest calls are answered rightly, every call ends once, and at the end nothing is
/// retained.
class FuzzTest {
    private static final int ROUNDS = 10_000;
    private static final int BURST = 8;
    private static final long MILLI = 1_000_000;

    private final Random random;
    private final MemoryStack serverSide = new MemoryStack();
    private final MemoryStack clientSide = new MemoryStack();
    private final ArrayDeque<Datagram> toServer = new ArrayDeque<>();
    private final ArrayDeque<Datagram> toClient = new ArrayDeque<>();
    private final List<Datagram> seen = new ArrayList<>();
    private final Map<Long, byte[]> calls = new HashMap<>();
    private final Map<CallStatus, Integer> ends = new HashMap<>();
    private final EchoHandler handler = new EchoHandler();
    private long now;
    private final R2p2Server server;
    private final R2p2Client client;
    private long nextToken;
    private int wrong;

    FuzzTest() {
        random = new Random();
        server = new R2p2Server(
                1, R2p2ServerOptions.DEFAULTS.withUnfinished(20, 200_000, 50_000, 100 * MILLI), handler, () -> now);
        client = new R2p2Client(R2p2ClientOptions.DEFAULTS.withMaxOutstanding(32), () -> now);
        serverSide.buffers = 64;
        clientSide.buffers = 64;
    }

    /// Forged packets come from other addresses than the peers': who can forge those can answer in their name.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void honestCallsAreAnsweredAmongForeignRubbish(long seed) {
        random.setSeed(seed);
        serverSide.buffers = Integer.MAX_VALUE;
        clientSide.buffers = Integer.MAX_VALUE;
        for (int i = 0; i < ROUNDS; i++) {
            round(this::foreign);
            now += 1000;
        }
        drain();
        assertThat(wrong).as("seed %d", seed).isZero();
        assertThat(ends.getOrDefault(CallStatus.OK, 0))
                .as("seed %d: %s", seed, ends)
                .isGreaterThan(100);
        // The flood may hold all places for unfinished requests, so longer ones may be refused. None is lost.
        assertThat(ends).as("seed %d", seed).doesNotContainKeys(CallStatus.TIMED_OUT, CallStatus.MALFORMED);
    }

    /// Here the rubbish comes from the peers' own addresses, and packets are lost: calls may fail, but every one
    /// ends.
    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16})
    void everyCallEndsAmongRubbishFromTheVeryPeer(long seed) {
        random.setSeed(seed);
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

    private void round(java.util.function.Function<Datagram, Datagram> source) {
        if (random.nextInt(4) == 0 && client.outstanding() < 32) {
            startCall();
        }
        if (random.nextInt(2) == 0) {
            toServer.add(source.apply(rubbish(Datagram.CLIENT)));
            toClient.add(source.apply(rubbish(Datagram.SERVER)));
        }
        pump();
    }

    private void startCall() {
        byte[] request = new byte[random.nextInt(8) == 0 ? random.nextInt(30_000) : random.nextInt(100)];
        random.nextBytes(request);
        MemorySegment memory = Arena.ofAuto().allocate(Math.max(1, request.length));
        Words.copyFrom(request, 0, memory, 0, request.length);
        long token = nextToken++;
        calls.put(token, request);
        CallStart start = client.call(
                clientSide, Datagram.SERVER, memory, 0, request.length, now + 500 * MILLI, this::ended, token);
        assertThat(start).isEqualTo(CallStart.STARTED);
    }

    private void ended(long token, CallStatus status, dev.situ.memory.SliceList response) {
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
        if (random.nextInt(16) == 0) {
            server.tick(0, serverSide);
            client.tick();
        }
    }

    private void drain() {
        for (int i = 0; i < 10_000 && (client.outstanding() > 0 || !toServer.isEmpty() || !toClient.isEmpty()); i++) {
            pump();
            now += 10 * MILLI / 100;
        }
        now += 1000 * MILLI;
        pump();
        server.tick(0, serverSide);
        client.tick();
        assertThat(client.outstanding()).isZero();
        assertThat(server.statistics().unfinished()).isZero();
        assertThat(serverSide.retained()).isZero();
        assertThat(clientSide.retained()).isZero();
        handler.requests.clear();
    }

    private void move(List<Datagram> sent, ArrayDeque<Datagram> to, long from) {
        for (Datagram datagram : sent) {
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
        return datagram.from(PeerAddress.of(
                random.nextBoolean() ? 0x7F000002 + random.nextInt(5) : random.nextInt() & 0x3FFFFFFF,
                random.nextInt(5)));
    }

    private Datagram own(Datagram datagram) {
        return random.nextBoolean() ? datagram : foreign(datagram);
    }

    private Datagram rubbish(long peer) {
        byte[] bytes;
        switch (random.nextInt(4)) {
            case 0 -> {
                bytes = new byte[random.nextInt(40)];
                random.nextBytes(bytes);
            }
            case 1 -> {
                long header = R2p2Header.of(
                        random.nextInt(9),
                        random.nextInt(16),
                        random.nextInt(8) << 5,
                        random.nextInt(300),
                        random.nextInt(20));
                bytes = Datagram.packet(peer, header, new byte[random.nextInt(1600)])
                        .bytes();
            }
            default -> bytes = mutated();
        }
        return new Datagram(peer, bytes);
    }

    private byte[] mutated() {
        if (seen.isEmpty()) {
            return new byte[0];
        }
        byte[] bytes = seen.get(random.nextInt(seen.size())).bytes().clone();
        for (int i = random.nextInt(3); i > 0 && bytes.length > 0; i--) {
            bytes[random.nextInt(random.nextBoolean() ? bytes.length : Math.min(8, bytes.length))] =
                    (byte) random.nextInt();
        }
        return random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)) : bytes;
    }
}
