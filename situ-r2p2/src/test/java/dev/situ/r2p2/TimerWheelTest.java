package dev.situ.r2p2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimerWheelTest {
    private static final int SHIFT = 10;
    private static final long TICK = 1 << SHIFT;

    @Test
    void agreesWithASimpleModel() {
        for (long seed = 1; seed <= 20; seed++) {
            Random random = new Random(seed);
            long now = random.nextLong() >> 8;
            TimerWheel wheel = new TimerWheel(200, SHIFT, now);
            Map<Integer, Long> model = new HashMap<>();
            for (int step = 0; step < 5000; step++) {
                int timer = random.nextInt(200);
                if (model.containsKey(timer)) {
                    if (random.nextBoolean()) {
                        wheel.cancel(timer);
                        model.remove(timer);
                    }
                } else {
                    long deadline = now + random.nextLong(-TICK, TICK << random.nextInt(14));
                    wheel.start(timer, deadline);
                    model.put(timer, Math.max(now, deadline)); // one in the past fires at the next tick
                }
                long delay = wheel.delay(now);
                long before = now;
                now += random.nextInt(50) == 0 ? random.nextLong(TICK << 12) : random.nextLong(TICK * 3);
                for (int due = wheel.expired(now); due != TimerWheel.NONE; due = wheel.expired(now)) {
                    assertThat(model.remove(due))
                            .as("seed %d", seed)
                            .isNotNull()
                            .isLessThanOrEqualTo(now);
                    assertThat(now - before)
                            .as("seed %d: not later than told", seed)
                            .isGreaterThanOrEqualTo(delay);
                }
                long latest = now;
                assertThat(model.values()).as("seed %d", seed).allMatch(d -> d > latest - TICK);
                assertThat(wheel.size()).isEqualTo(model.size());
            }
        }
    }
}
