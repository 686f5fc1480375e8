package dev.situ.r2p2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import dev.situ.udp.UdpHandler;
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

/// What the fuzz tests of both modes share: a client and a server of echoes, on a net that also brings random
/// packets and mutations of what was sent before.
///
/// ```
///   client ──▶ toServer ──▶ server            rubbish joins both queues; what passes is remembered, to be mutated
///          ◀── toClient ◀──
/// ```
///
/// `-Dsitu.r2p2.rounds=1000000` runs longer.
abstract class FuzzedTraffic {
    static final int ROUNDS = Integer.getInteger("situ.r2p2.rounds", 10_000);
    static final long MILLI = 1_000_000;
    static final int MAX_OUTSTANDING = 32;
    /// How long a call may take.
    private static final long PATIENCE = 500 * MILLI;

    private static final int BURST = 8;
    private static final int REMEMBERED = 200;

    final Random random = new Random();
    final MemoryStack serverSide = new MemoryStack();
    final MemoryStack clientSide = new MemoryStack();
    final EchoHandler handler = new EchoHandler();
    final Map<CallStatus, Integer> ends = new HashMap<>();
    long now;
    int wrong;

    private final ArrayDeque<Datagram> toServer = new ArrayDeque<>();
    private final ArrayDeque<Datagram> toClient = new ArrayDeque<>();
    private final List<Datagram> seen = new ArrayList<>();
    private final Map<Long, byte[]> calls = new HashMap<>();
    private long nextToken;

    // ---- what a mode is -----------------------------------------------------------------------------------------

    abstract UdpHandler server();

    abstract UdpHandler client();

    abstract int outstanding();

    abstract CallStart call(MemorySegment memory, int length, long deadline, Completion completion, long token);

    abstract void tick();

    /// The bytes of a packet whose header is one, whatever it says.
    abstract byte[] wellFormed();

    abstract int headerBytes();

    /// The same datagram from one who is not the peer.
    abstract Datagram foreign(Datagram datagram);

    /// How many buffers each side has, when they are to be short.
    abstract int fewBuffers();

    /// Looks at the bounds, after each round.
    void checkBounds() {}

    /// Lets what is under way come to its end, and looks at what is left.
    abstract void checkEnd();

    // ---- the tests ----------------------------------------------------------------------------------------------

    /// Here the rubbish comes from the peers' own addresses, and packets are lost: calls may fail, but every one
    /// ends.
    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16})
    void everyCallEndsAmongRubbishFromTheVeryPeer(long seed) {
        random.setSeed(seed);
        serverSide.buffers = fewBuffers();
        clientSide.buffers = fewBuffers();
        for (int i = 0; i < ROUNDS; i++) {
            round(datagram -> random.nextBoolean() ? datagram : foreign(datagram));
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

    /// Forged packets come from other addresses than the peers': who can forge those can answer in their name.
    final void runAmongForeignRubbish(long seed) {
        random.setSeed(seed);
        for (int i = 0; i < ROUNDS; i++) {
            round(this::foreign);
            now += 1000;
        }
        drain();
        assertThat(wrong).as("seed %d", seed).isZero();
    }

    private void round(UnaryOperator<Datagram> source) {
        if (random.nextInt(4) == 0 && outstanding() < MAX_OUTSTANDING) {
            startCall();
        }
        if (random.nextInt(2) == 0) {
            toServer.add(source.apply(rubbish(Datagram.CLIENT)));
            toClient.add(source.apply(rubbish(Datagram.SERVER)));
        }
        pump();
        checkBounds();
    }

    private void startCall() {
        byte[] request = new byte[random.nextInt(8) == 0 ? random.nextInt(30_000) : random.nextInt(100)];
        random.nextBytes(request);
        MemorySegment memory = Arena.ofAuto().allocate(Math.max(1, request.length));
        Words.copyFrom(request, 0, memory, 0, request.length);
        handler.owned = random.nextBoolean();
        long token = nextToken++;
        calls.put(token, request);
        assertThat(call(memory, request.length, now + PATIENCE, this::ended, token))
                .isEqualTo(CallStart.STARTED);
    }

    private void ended(long token, CallStatus status, SliceList response) {
        byte[] request = calls.remove(token);
        assertThat(request).as("ended once").isNotNull();
        ends.merge(status, 1, Integer::sum);
        if (status == CallStatus.OK && !Arrays.equals(request, VectorsTest.bytes(response))) {
            wrong++;
        }
    }

    private void drain() {
        for (int i = 0; i < 20_000 && (outstanding() > 0 || !toServer.isEmpty() || !toClient.isEmpty()); i++) {
            pump();
            now += MILLI / 10;
        }
        assertThat(outstanding()).isZero();
        checkEnd();
        assertThat(serverSide.retained()).isZero();
        assertThat(clientSide.retained()).isZero();
    }

    // ---- the net ------------------------------------------------------------------------------------------------

    final void pump() {
        move(clientSide.sent(), toServer, Datagram.CLIENT, Datagram.SERVER);
        move(serverSide.deliver(server(), burst(toServer)), toClient, Datagram.SERVER, Datagram.CLIENT);
        move(clientSide.deliver(client(), burst(toClient)), toServer, Datagram.CLIENT, Datagram.SERVER);
        if (random.nextInt(4) == 0) {
            tick();
        }
        handler.requests.clear();
    }

    private void move(List<Datagram> sent, ArrayDeque<Datagram> to, long from, long peer) {
        for (Datagram datagram : sent) {
            if (datagram.peer() != peer) {
                continue; // to a forged address
            }
            to.add(datagram.from(from));
            if (seen.size() < REMEMBERED) {
                seen.add(datagram);
            } else if (random.nextInt(20) == 0) {
                seen.set(random.nextInt(REMEMBERED), datagram);
            }
        }
    }

    private static Datagram[] burst(ArrayDeque<Datagram> from) {
        List<Datagram> burst = new ArrayList<>();
        while (!from.isEmpty() && burst.size() < BURST) {
            burst.add(from.poll());
        }
        return burst.toArray(Datagram[]::new);
    }

    // ---- rubbish ------------------------------------------------------------------------------------------------

    private Datagram rubbish(long peer) {
        return new Datagram(
                peer,
                switch (random.nextInt(4)) {
                    case 0 -> randomBytes(random.nextInt(40));
                    case 1 -> wellFormed();
                    default -> mutated();
                });
    }

    final byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private byte[] mutated() {
        if (seen.isEmpty()) {
            return new byte[0];
        }
        byte[] bytes = seen.get(random.nextInt(seen.size())).bytes().clone();
        for (int i = random.nextInt(3); i > 0 && bytes.length > 0; i--) {
            int most = random.nextBoolean() ? bytes.length : Math.min(headerBytes(), bytes.length);
            bytes[random.nextInt(most)] = (byte) random.nextInt();
        }
        return random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)) : bytes;
    }
}
