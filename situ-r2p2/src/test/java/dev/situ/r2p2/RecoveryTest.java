package dev.situ.r2p2;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.Immutable;
import dev.situ.memory.SliceList;
import dev.situ.testkit.NetworkConditions;
import dev.situ.testkit.SimulatedNetwork;
import dev.situ.testkit.SimulatedPort;
import dev.situ.udp.PeerAddress;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/// How soon a client makes up for what the network has lost, and how little it sends when nothing was lost. The
/// clock is the network's, so the times are exact.
class RecoveryTest {
    private static final long SEED = Long.getLong("situ.r2p2.seed", 7);
    private static final long MICRO = 1_000;
    private static final long DELAY_NANOS = 10 * MICRO;
    private static final long SERVER = PeerAddress.of(0x0A000001, 8000);
    private static final MemorySegment REQUEST = MemorySegment.ofArray(new byte[64]);

    private static final MemorySegment LONG_REPLY = Arena.global().allocate(1_000_000);

    private final SimulatedNetwork network = new SimulatedNetwork(SEED, NetworkConditions.good(DELAY_NANOS));
    private final SimulatedPort serverPort = network.port(SERVER);
    private final SimulatedPort port = network.port(PeerAddress.of(0x0A000002, 9000));
    private final R2p2Server server = new R2p2Server(1, R2p2ServerOptions.DEFAULTS, new EchoHandler(), network::now);
    private final ReliableClient client =
            new ReliableClient(new long[] {SERVER}, ReliableClientOptions.DEFAULTS, network::now, new SipHash(SEED, 1));
    private final List<Long> latencies = new ArrayList<>();

    RecoveryTest() {
        serverPort.attach(server);
        port.attach(client);
    }

    private void call() {
        long begin = network.now();
        CallStart start = client.call(
                port, REQUEST, 0, (int) REQUEST.byteSize(), begin + Simulation.SECOND, this::completed, begin);
        assertThat(start).isEqualTo(CallStart.STARTED);
        port.flush();
    }

    private void completed(long begin, CallStatus status, SliceList response) {
        assertThat(status).isEqualTo(CallStatus.OK);
        latencies.add(network.now() - begin);
    }

    /// Lets time go on to `until`.
    private void runTo(long until) {
        while (network.now() < until) {
            network.advance(Math.min(Math.min(network.nextArrival(), until), network.now() + MICRO));
            client.tick(port);
        }
    }

    private long percentile99() {
        Collections.sort(latencies);
        return latencies.get(latencies.size() * 99 / 100);
    }

    private void openLoop(int calls, long pauseNanos) {
        call();
        runTo(Simulation.MILLI); // the session is open, the round trip known
        latencies.clear();
        network.setConditions(new NetworkConditions(0.01, 0, 0, 0, DELAY_NANOS, 0, 1, 1));
        for (int i = 0; i < calls; i++) {
            call();
            runTo(network.now() + pauseNanos);
        }
        runTo(network.now() + Simulation.SECOND / 10);
        assertThat(latencies).as("seed %d", SEED).hasSize(calls);
    }

    @Test
    void aLostPacketOfABusyClientCostsLessThanThreeTimeOuts() {
        openLoop(10_000, 20 * MICRO);
        assertThat(percentile99())
                .as("seed %d: of %s", SEED, client.statistics())
                .isLessThan(3 * RttEstimator.FLOOR_NANOS);
    }

    @Test
    void aLostPacketOfAnIdleClientCostsLessThanThreeTimeOuts() {
        openLoop(2_000, 500 * MICRO);
        assertThat(percentile99())
                .as("seed %d: of %s", SEED, client.statistics())
                .isLessThan(3 * RttEstimator.FLOOR_NANOS);
    }

    /// One packet in a hundred is lost by chance. A window that falls to a half each time has 12 packets in the
    /// mean (the root of 1.5 over 0.01), and to seven tenths 17.
    @Test
    void aLongMessageKeepsMostOfItsWindowWhenPacketsAreLostByChance() {
        serverPort.attach(new R2p2Server(1, R2p2ServerOptions.DEFAULTS, new LongReply(), network::now));
        call();
        runTo(100 * Simulation.MILLI);
        latencies.clear();
        network.setConditions(new NetworkConditions(0.01, 0, 0, 0, DELAY_NANOS, 0, 1, 1));
        for (int i = 0; i < 100; i++) {
            call();
            while (latencies.size() == i) {
                runTo(network.now() + 10 * MICRO);
            }
        }
        long packets = R2p2Header.packets(LONG_REPLY.byteSize(), ReliableHeader.MAX_PAYLOAD);
        double nanos = latencies.stream().mapToLong(each -> each).average().orElseThrow();
        assertThat(packets * 2 * DELAY_NANOS / nanos)
                .as("seed %d: packets in each round trip", SEED)
                .isGreaterThan(50); // 83; 14.4 with a window that falls to seven tenths each time
    }

    /// Of 64 calls under way, two in a hundred lose their request or their response.
    @Test
    void aBusyClientKeepsFourFifthsOfItsCallsWhenPacketsAreLostByChance() {
        long without = callsOfABusyClient(0);
        long with = callsOfABusyClient(0.01);
        assertThat((double) with / without)
                .as("seed %d: %s", SEED, client.statistics())
                .isGreaterThan(0.8); // 0.95; 0.3 over real sockets with a window that falls to seven tenths each time
    }

    private long callsOfABusyClient(double loss) {
        network.setConditions(new NetworkConditions(loss, 0, 0, 0, DELAY_NANOS, 0, 1, 1));
        latencies.clear();
        long end = network.now() + 200 * Simulation.MILLI;
        while (network.now() < end) {
            while (client.outstanding() < 64) {
                call();
            }
            runTo(network.now() + MICRO);
        }
        long calls = latencies.size();
        network.setConditions(NetworkConditions.good(DELAY_NANOS));
        runTo(network.now() + 100 * Simulation.MILLI);
        assertThat(client.outstanding()).isZero();
        return calls;
    }

    /// Answers everything with [#LONG_REPLY].
    @Immutable
    private static final class LongReply implements RequestHandler {
        @Override
        public RequestStatus handle(int queue, SliceList request, SliceList response) {
            response.add(LONG_REPLY, 0, (int) LONG_REPLY.byteSize(), SliceList.NO_OWNER);
            return RequestStatus.REPLY;
        }

        @Override
        public RequestStatus tooLarge(int queue, long length, long limit, SliceList response) {
            return RequestStatus.REFUSE;
        }
    }

    /// The system may stop a server for milliseconds. To take that for a loss of everything would answer each such
    /// moment with a flood.
    @Test
    void aServerThatStandsStillIsAskedNotFlooded() {
        for (int i = 0; i < 32; i++) {
            call();
            runTo(network.now() + 100 * MICRO);
        }
        network.setConditions(NetworkConditions.good(5 * Simulation.MILLI));
        for (int i = 0; i < 32; i++) {
            call();
        }
        runTo(network.now() + 100 * MICRO);
        network.setConditions(NetworkConditions.good(DELAY_NANOS + 5 * Simulation.MILLI));
        runTo(network.now() + 20 * Simulation.MILLI);
        assertThat(latencies).hasSize(64);
        assertThat(client.statistics().retransmitted()).isBetween(1L, 6L);
    }

    /// All that was sent together is lost together, as when a buffer overflows. The first that is sent again shows
    /// it.
    @Test
    void aWholeBurstThatWasLostIsSentAgainWithinTwoTimeOuts() {
        for (int i = 0; i < 32; i++) {
            call();
            runTo(network.now() + 100 * MICRO);
        }
        network.setConditions(new NetworkConditions(1, 0, 0, 0, DELAY_NANOS, 0, 1, 1));
        for (int i = 0; i < 24; i++) {
            call();
        }
        network.setConditions(NetworkConditions.good(DELAY_NANOS));
        latencies.clear();
        runTo(network.now() + 100 * Simulation.MILLI);
        assertThat(latencies).hasSize(24);
        Collections.sort(latencies);
        assertThat(latencies.get(15)).isLessThan(2 * RttEstimator.FLOOR_NANOS);
    }
}
