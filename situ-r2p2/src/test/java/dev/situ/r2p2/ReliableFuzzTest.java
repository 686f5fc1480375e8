package dev.situ.r2p2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.udp.PeerAddress;
import dev.situ.udp.UdpHandler;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The reliable mode among rubbish: nothing may throw, every call ends once, memory stays bounded, and at the end
/// nothing is retained. What comes from other addresses changes nothing at all.
class ReliableFuzzTest extends FuzzedTraffic {
    private final ReliableServerOptions options = ReliableServerOptions.DEFAULTS
            .withCounts(16, 8, 64)
            .withBytes(200_000, 300_000, 300_000, 64L * BlockPool.BLOCK_BYTES)
            .withTimes(500 * MILLI, 2000 * MILLI, 28);
    private final R2p2Server server =
            new R2p2Server(1, R2p2ServerOptions.DEFAULTS, options, handler, ResponseOwners.LASTING, () -> now);
    private final ReliableClient client = new ReliableClient(
            new long[] {Datagram.SERVER},
            ReliableClientOptions.DEFAULTS.withMaxOutstanding(MAX_OUTSTANDING),
            () -> now);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void foreignRubbishChangesNothing(long seed) {
        runAmongForeignRubbish(seed);
        assertThat(ends).as("seed %d", seed).containsOnlyKeys(CallStatus.OK);
        assertThat(ends.get(CallStatus.OK)).as("seed %d", seed).isGreaterThan(500);
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
        return client.call(clientSide, memory, 0, length, deadline, completion, token);
    }

    @Override
    void tick() {
        server.tick(0, serverSide);
        client.tick(clientSide);
    }

    @Override
    byte[] wellFormed() {
        byte[] bytes = randomBytes(ReliableHeader.BYTES + random.nextInt(random.nextBoolean() ? 40 : 1460));
        MemorySegment memory = MemorySegment.ofArray(bytes);
        int count = 1 + random.nextInt(30);
        long first = ReliableHeader.ofPacket(random.nextInt(11), random.nextInt(300), random.nextInt(count), count);
        ReliableHeader.write(memory, 0, first, ReliableHeader.toServer(random.nextInt(5), random.nextInt(300), 0));
        return bytes;
    }

    @Override
    int headerBytes() {
        return ReliableHeader.BYTES;
    }

    @Override
    Datagram foreign(Datagram datagram) {
        return datagram.from(PeerAddress.of(0x08000000 + random.nextInt(5), 1 + random.nextInt(5)));
    }

    @Override
    int fewBuffers() {
        return 200;
    }

    @Override
    void checkBounds() {
        ReliableServerStatistics s = server.reliableStatistics();
        assertThat(s.sessions()).isLessThanOrEqualTo(options.maxSessions());
        assertThat(s.calls()).isLessThanOrEqualTo(options.maxCalls());
        assertThat(s.unfinishedBytes()).isBetween(0L, options.maxUnfinishedBytes());
        assertThat(s.retainedBytes()).isBetween(0L, options.maxRetainedBytes() + options.maxMessageBytes());
    }

    @Override
    void checkEnd() {
        for (int i = 0; i < 100; i++) {
            pump();
            now += 10 * MILLI;
        }
        for (int i = 0; i < 100; i++) {
            server.tick(0, serverSide);
            now += 100 * MILLI;
        }
        handler.requests.clear();
        assertThat(client.flying()).isZero();
        assertThat(server.reliableStatistics().sessions()).isZero();
        assertThat(server.reliableStatistics().calls()).isZero();
        assertThat(server.reliableStatistics().retainedBytes()).isZero();
    }
}
