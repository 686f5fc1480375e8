package dev.situ.r2p2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.testkit.NetworkConditions;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Many seeds of the reliable mode on a simulated network: loss, doubling, reordering, damage, delays, partitions,
/// restarts, tight limits, in every mixture.
///
/// ```
///   -Dsitu.r2p2.seeds=5000      that many seeds of each scenario instead of the usual 400
///   -Dsitu.r2p2.seed=1234       this seed alone: the same run to the last packet
/// ```
class SimulationTest {
    private static final int SEEDS = Integer.getInteger("situ.r2p2.seeds", 400);
    private static final @Nullable Long SEED = Long.getLong("situ.r2p2.seed");

    private final Map<CallStatus, Integer> ends = new EnumMap<>(CallStatus.class);

    private interface Scenario {
        void run(long seed, Random random);
    }

    private void everySeed(Scenario scenario) {
        long first = SEED == null ? 1 : SEED;
        long last = SEED == null ? SEEDS : SEED;
        for (long seed = first; seed <= last; seed++) {
            try {
                scenario.run(seed, new Random(seed * 31));
            } catch (RuntimeException | Error e) {
                throw new AssertionError("again with: -Dtest=SimulationTest -Dsitu.r2p2.seed=" + seed, e);
            }
        }
        System.out.println("SimulationTest: seeds " + first + " to " + last + ": " + ends);
    }

    private void count(Simulation simulation) {
        simulation.ends.forEach((status, n) -> ends.merge(status, n, Integer::sum));
    }

    private static NetworkConditions conditions(Random random) {
        double badness = random.nextInt(4) == 0 ? 0 : random.nextDouble();
        return new NetworkConditions(
                badness * random.nextDouble() * 0.3,
                badness * random.nextDouble() * 0.2,
                badness * random.nextDouble() * 0.3,
                badness * random.nextDouble() * 0.05,
                1 + random.nextInt(random.nextInt(4) == 0 ? 1_000_000 : 50_000),
                random.nextInt(50_000),
                1 + random.nextInt(2_000_000),
                random.nextBoolean() ? 1 : 1 + random.nextInt(200_000));
    }

    private static Simulation.Load load(Random random, long timeoutNanos) {
        int longest = random.nextInt(3) == 0 ? 300_000 : 20_000;
        return new Simulation.Load(
                10 + random.nextInt(60), 1 + random.nextInt(40), 2 + random.nextInt(12), longest, timeoutNanos, false);
    }

    /// However bad the network: with time enough every call succeeds, executed once.
    @Test
    void everyCallSucceedsOnABadNetwork() {
        everySeed((seed, random) -> {
            Simulation simulation = new Simulation(seed, conditions(random));
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                simulation.addClient(load(random, 100 * Simulation.SECOND));
            }
            simulation.finish(100 * Simulation.SECOND);
            assertThat(simulation.ends.keySet()).as("%s", simulation).containsOnly(CallStatus.OK);
            simulation.rest();
            simulation.close();
            count(simulation);
        });
    }

    /// Partitions, restarts and short time-outs: every call ends as it is documented, none is executed twice.
    @Test
    void everyCallEndsWhateverHappens() {
        everySeed((seed, random) -> {
            Simulation simulation = new Simulation(seed, conditions(random));
            simulation.serverOptions = ReliableServerOptions.DEFAULTS.withTimes(
                    (20 + random.nextInt(300)) * Simulation.MILLI, 600 * Simulation.MILLI, 20 + random.nextInt(9));
            simulation.clientOptions =
                    ReliableClientOptions.DEFAULTS.withGiveUp((50 + random.nextInt(500)) * Simulation.MILLI);
            simulation.restart();
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                simulation.addClient(load(random, (5 + random.nextInt(500)) * Simulation.MILLI));
            }
            int left = 2 + random.nextInt(6);
            while (!simulation.isDone()) {
                for (int i = 0; i < 50; i++) {
                    simulation.step();
                }
                if (left > 0 && random.nextInt(4) == 0) {
                    left--;
                    disturb(simulation, random);
                }
                if (left == 0 && !simulation.isUp()) {
                    simulation.restart();
                }
            }
            if (!simulation.isUp()) {
                simulation.restart();
            }
            simulation.rest();
            simulation.close();
            count(simulation);
        });
        assertThat(ends).containsKeys(CallStatus.OK);
    }

    private static void disturb(Simulation simulation, Random random) {
        Simulation.Client client = simulation.clients.get(random.nextInt(simulation.clients.size()));
        switch (random.nextInt(5)) {
            case 0 -> simulation.restart();
            case 1 -> simulation.stop();
            case 2 -> simulation.network.setCut(client.port.address(), true);
            case 3 -> simulation.clients.forEach(c -> simulation.network.setCut(c.port.address(), false));
            default -> simulation.network.setConditions(conditions(random));
        }
    }

    /// Tight limits: calls are refused or have to wait, memory stays bounded, nothing hangs.
    @Test
    void limitsHold() {
        everySeed((seed, random) -> {
            Simulation simulation = new Simulation(seed, conditions(random));
            simulation.serverOptions = ReliableServerOptions.DEFAULTS
                    .withCounts(1 << random.nextInt(6), 1 + random.nextInt(3), 1 + random.nextInt(20))
                    .withBytes(
                            20_000 + random.nextInt(200_000),
                            20_000 + random.nextInt(400_000),
                            1 + random.nextInt(400_000),
                            4L * BlockPool.BLOCK_BYTES * (1 + random.nextInt(10)));
            simulation.restart();
            simulation.store.refuse(random.nextInt(3) * 10);
            simulation.serverPort.setBuffers(20 + random.nextInt(400));
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                simulation.addClient(load(random, 3 * Simulation.SECOND));
            }
            simulation.finish(300 * Simulation.SECOND);
            simulation.rest();
            simulation.close();
            count(simulation);
        });
        assertThat(ends).containsKeys(CallStatus.OK, CallStatus.REFUSED);
    }

    /// With no loss nothing is sent again, and a busy session of single packets needs no other packets: one OPEN,
    /// its answer, two for each call, and at the very end the acknowledgement that no request takes along.
    @Test
    void aGoodNetworkSeesNoPacketTooMuch() {
        everySeed((seed, random) -> {
            Simulation simulation = new Simulation(seed, NetworkConditions.good(1 + random.nextInt(40_000)));
            int calls = 100 + random.nextInt(300);
            simulation.addClient(Simulation.Load.busy(calls, 1 + random.nextInt(60)));
            simulation.finish(10 * Simulation.SECOND);
            simulation.rest();
            assertThat(simulation.network.sent()).as("%s", simulation).isEqualTo(2 + 2L * calls + 1);
            simulation.close();
            count(simulation);
        });
        assertThat(ends).containsOnlyKeys(CallStatus.OK);
    }

    @Test
    void aGoodNetworkSeesNothingTwice() {
        everySeed((seed, random) -> {
            Simulation simulation = new Simulation(seed, NetworkConditions.good(1 + random.nextInt(40_000)));
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                simulation.addClient(load(random, 100 * Simulation.SECOND));
            }
            simulation.finish(100 * Simulation.SECOND);
            simulation.rest();
            assertThat(simulation.server.reliableStatistics().retransmitted())
                    .as("%s: %s", simulation, simulation.server.reliableStatistics())
                    .isZero();
            for (Simulation.Client client : simulation.clients) {
                assertThat(client.protocol.statistics().retransmitted())
                        .as("%s: %s", simulation, client.protocol.statistics())
                        .isZero();
            }
            simulation.close();
            count(simulation);
        });
        assertThat(ends).containsOnlyKeys(CallStatus.OK);
    }
}
