package dev.situ.bench.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DistanceWindowsTest {
    private static final long LONG = TimeUnit.HOURS.toNanos(1);

    /// A host that moves its processors as it is told, and then leaves them where they are.
    private static Map<Distance, List<Integer>> run(
            Set<Distance> wanted, int windows, long patienceNanos, Distance... seen) throws Exception {
        Iterator<Distance> distances = List.of(seen).iterator();
        Distance[] last = {Distance.UNKNOWN};
        AtomicInteger number = new AtomicInteger();
        try (DistanceWindows all = new DistanceWindows(
                () -> last[0] = distances.hasNext() ? distances.next() : last[0],
                () -> {},
                wanted,
                windows,
                patienceNanos)) {
            return all.run(number::incrementAndGet);
        }
    }

    @Test
    void whatEndsAtAnotherDistanceThanItBeganIsThrownAway() throws Exception {
        assertThat(run(EnumSet.of(Distance.FAR), 2, LONG, Distance.NEAR, Distance.NEAR, Distance.FAR))
                .isEqualTo(Map.of(Distance.FAR, List.of(3, 4)));
    }

    @Test
    void eachDistanceThatIsWantedIsWaitedFor() throws Exception {
        assertThat(run(
                        EnumSet.of(Distance.NEAR, Distance.FAR),
                        2,
                        LONG,
                        Distance.NEAR,
                        Distance.NEAR,
                        Distance.NEAR,
                        Distance.NEAR,
                        Distance.FAR))
                .isEqualTo(Map.of(Distance.NEAR, List.of(1, 2, 3), Distance.FAR, List.of(5, 6)));
    }

    @Test
    void whenTheTimeIsUpAnyDistanceWillDo() throws Exception {
        assertThat(run(EnumSet.of(Distance.FAR), 3, 0, Distance.NEAR))
                .isEqualTo(Map.of(Distance.NEAR, List.of(1, 2, 3)));
    }

    @Test
    void anUnknownDistanceIsOneDistance() throws Exception {
        assertThat(run(EnumSet.noneOf(Distance.class), 2, 0)).isEqualTo(Map.of(Distance.UNKNOWN, List.of(1, 2)));
    }

    @Test
    void aMetricAndItsDistanceAreOneWord() {
        String word = Distance.FAR.of("throughput");
        assertThat(word).isEqualTo("throughput@far");
        assertThat(Distance.metric(word)).isEqualTo("throughput");
        assertThat(Distance.in(word)).isEqualTo(Distance.FAR);
        assertThat(Distance.in("lost")).isEqualTo(Distance.UNKNOWN);
        assertThat(Distance.metric("lost")).isEqualTo("lost");
    }

    @Test
    void onlySamplesOfOneDistanceAreCompared() {
        Samples samples = new Samples();
        SampleKey one = new SampleKey("one", "rate", Map.of());
        SampleKey other = new SampleKey("other", "rate", Map.of());
        samples.add(Distance.NEAR.turn(1), one, "", 30);
        samples.add(Distance.FAR.turn(1), one, "", 20);
        samples.add(Distance.FAR.turn(1), other, "", 5);
        samples.add(Distance.NEAR.turn(2), other, "", 1);
        assertThat(samples.ratio(one, other)).contains(new Spread(4, 4, 4));
    }

    /// Between two threads of this machine, each bound to its processor: the words come back.
    @Test
    @Timeout(60)
    void theDistanceOfThisMachineIsMeasured() throws InterruptedException {
        List<Integer> cpus = Cpus.allowed();
        assumeThat(cpus).as("processors, of which two are needed").hasSizeGreaterThan(1);
        assumeThat(Cpus.canBind()).as("taskset is there").isTrue();
        List<Distance> seen = new ArrayList<>();
        Thread here = Thread.ofPlatform().start(() -> {
            Cpus.bindThread(cpus.getFirst());
            try (DistanceMeter meter = DistanceMeter.to(cpus.getLast())) {
                seen.add(meter.measure());
                seen.add(meter.measure());
            }
        });
        here.join();
        assertThat(seen).hasSize(2).containsAnyOf(Distance.NEAR, Distance.FAR);
    }

    @Test
    @Timeout(60)
    void aThreadThatCannotBeBoundIsToldOf() {
        assumeThat(Cpus.canBind()).as("taskset is there").isTrue();
        assertThatThrownBy(() -> DistanceMeter.to(1 << 20))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has died");
    }
}
