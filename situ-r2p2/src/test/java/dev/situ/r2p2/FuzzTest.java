package dev.situ.r2p2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.udp.PeerAddress;
import dev.situ.udp.UdpHandler;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The compatible mode among rubbish: nothing may throw, honest calls are answered rightly, every call ends once,
/// and at the end nothing is retained.
class FuzzTest extends FuzzedTraffic {
    private final R2p2Server server = new R2p2Server(
            1, R2p2ServerOptions.DEFAULTS.withUnfinished(20, 200_000, 50_000, 100 * MILLI), handler, () -> now);
    private final R2p2Client client =
            new R2p2Client(R2p2ClientOptions.DEFAULTS.withMaxOutstanding(MAX_OUTSTANDING), () -> now);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void honestCallsAreAnsweredAmongForeignRubbish(long seed) {
        runAmongForeignRubbish(seed);
        assertThat(ends.getOrDefault(CallStatus.OK, 0))
                .as("seed %d: %s", seed, ends)
                .isGreaterThan(100);
        // The flood may hold all places for unfinished requests, so longer ones may be refused. None is lost.
        assertThat(ends).as("seed %d", seed).doesNotContainKeys(CallStatus.TIMED_OUT, CallStatus.MALFORMED);
    }

    @Override
    UdpHandler server() {
        return server;
    }

    @Override
    UdpHandler client() {
        return client;
    }

    @Override
    int outstanding() {
        return client.outstanding();
    }

    @Override
    CallStart call(MemorySegment memory, int length, long deadline, Completion completion, long token) {
        return client.call(clientSide, Datagram.SERVER, memory, 0, length, deadline, completion, token);
    }

    @Override
    void tick() {
        server.tick(0, serverSide);
        client.tick();
    }

    @Override
    byte[] wellFormed() {
        long header = R2p2Header.of(
                random.nextInt(9), random.nextInt(16), random.nextInt(8) << 5, random.nextInt(300), random.nextInt(20));
        return Datagram.packet(Datagram.CLIENT, header, new byte[random.nextInt(1600)])
                .bytes();
    }

    @Override
    int headerBytes() {
        return R2p2Header.BYTES;
    }

    @Override
    Datagram foreign(Datagram datagram) {
        return datagram.from(PeerAddress.of(
                random.nextBoolean() ? 0x7F000002 + random.nextInt(5) : random.nextInt() & 0x3FFFFFFF,
                random.nextInt(5)));
    }

    @Override
    int fewBuffers() {
        return 64;
    }

    @Override
    void checkEnd() {
        now += 1000 * MILLI;
        pump();
        tick();
        assertThat(server.statistics().unfinished()).isZero();
    }
}
