package dev.situ.r2p2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import dev.situ.socket.SocketStackOptions;
import dev.situ.socket.SocketUdpStack;
import dev.situ.testkit.Impairments;
import dev.situ.testkit.LossyUdpStack;
import dev.situ.udp.PeerAddress;
import dev.situ.udp.UdpStack;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Client and server over real sockets and a line that loses, doubles and delays. The compatible mode recovers
/// nothing; but every call ends once, none with a wrong response, and nothing stays behind.
@Timeout(60)
class BadNetworkTest {
    private static final int CALLS = 2_000;
    private static final int OUTSTANDING = 20;
    private static final int LONGEST = 6_000;
    private static final long MILLI = 1_000_000;
    private static final InetSocketAddress ANY_PORT = PeerAddress.toSocketAddress(PeerAddress.of(0x7F000001, 0));

    private final Map<Long, byte[]> requests = new HashMap<>();
    private final EnumMap<CallStatus, Integer> ends = new EnumMap<>(CallStatus.class);
    private long now;
    private int wrong;

    private static UdpStack stack(Impairments impairments) throws IOException {
        SocketStackOptions options = SocketStackOptions.defaults().withBuffers(1 << 16, 128, 128);
        return new LossyUdpStack(new SocketUdpStack(options), impairments);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void everyCallEndsOnceAndNoneWithAWrongResponse(long seed) throws IOException {
        Random random = new Random(seed);
        EchoHandler handler = new EchoHandler();
        R2p2ServerOptions bounds = R2p2ServerOptions.DEFAULTS.withUnfinished(64, 1 << 20, 1 << 20, 50 * MILLI);
        try (UdpStack serverStack = stack(Impairments.none());
                UdpStack clientStack = stack(Impairments.lossy(seed, 0.05));
                R2p2Server server = new R2p2Server(1, bounds, handler, () -> now);
                R2p2Client client =
                        new R2p2Client(R2p2ClientOptions.DEFAULTS.withMaxOutstanding(OUTSTANDING), () -> now)) {
            long to = PeerAddress.of(serverStack.bind(ANY_PORT, server));
            clientStack.bind(ANY_PORT, client);
            long started = 0;
            while (started < CALLS || client.outstanding() > 0) {
                while (started < CALLS && client.outstanding() < OUTSTANDING) {
                    call(client, clientStack, to, random, started++);
                }
                clientStack.queue(0).sender().flush();
                round(serverStack, server, clientStack, client);
            }
            for (int i = 0; i < 200; i++) {
                round(serverStack, server, clientStack, client);
            }
            assertThat(ends.values().stream().mapToInt(Integer::intValue).sum())
                    .as("seed %d: %s", seed, ends)
                    .isEqualTo(CALLS);
            assertThat(ends.get(CallStatus.OK)).as("seed %d: %s", seed, ends).isGreaterThan(CALLS / 4);
            assertThat(wrong).as("seed %d", seed).isZero();
            assertThat(server.statistics().unfinished()).isZero();
            assertThat(serverStack.statistics().retained()).isZero();
            assertThat(clientStack.statistics().retained()).isZero();
        }
    }

    private void call(R2p2Client client, UdpStack stack, long to, Random random, long token) {
        byte[] request = new byte[random.nextInt(4) == 0 ? random.nextInt(LONGEST) : random.nextInt(100)];
        random.nextBytes(request);
        requests.put(token, request);
        MemorySegment memory = Arena.ofAuto().allocate(Math.max(1, request.length));
        Words.copyFrom(request, 0, memory, 0, request.length);
        CallStart start = client.call(
                stack.queue(0).sender(), to, memory, 0, request.length, now + 20 * MILLI, this::ended, token);
        assertThat(start).isEqualTo(CallStart.STARTED);
    }

    private void round(UdpStack serverStack, R2p2Server server, UdpStack clientStack, R2p2Client client) {
        serverStack.queue(0).poll();
        server.tick(0, serverStack.queue(0).sender());
        clientStack.queue(0).poll();
        client.tick();
        now += MILLI;
    }

    private void ended(long token, CallStatus status, SliceList response) {
        byte[] request = requests.remove(token);
        assertThat(request).as("ended once").isNotNull();
        ends.merge(status, 1, Integer::sum);
        if (status == CallStatus.OK && !Arrays.equals(request, VectorsTest.bytes(response))) {
            wrong++;
        }
    }
}
