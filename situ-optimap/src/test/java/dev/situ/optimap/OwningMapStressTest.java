package dev.situ.optimap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Every value is closed exactly once, and never while it is held: with all operations at once, on few keys,
/// while the map grows.
class OwningMapStressTest {
    private static final int THREADS = 4;
    private static final int OPERATIONS = 150_000;

    private final long seed = Long.getLong("situ.seed", System.nanoTime());
    private final AtomicInteger given = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private final OwningMap<Integer, Resource> map = new OwningMap<>(OptiMapOptions.startingWith(1), this::close);

    private void close(Resource resource) {
        resource.close();
        closed.incrementAndGet();
        if (resource.closed() != 1) {
            failures.incrementAndGet();
        }
    }

    private Resource resource() {
        given.incrementAndGet();
        return new Resource("r");
    }

    private void mustBeOpen(Resource resource) {
        if (!resource.isOpen()) {
            failures.incrementAndGet();
        }
    }

    @Test
    void everyValueIsClosedOnceAndNeverWhileItIsHeld() throws InterruptedException {
        List<Runnable> bodies = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            SplittableRandom random = new SplittableRandom(seed + thread);
            bodies.add(() -> {
                for (int i = 0; i < OPERATIONS; i++) {
                    operate(random, random.nextInt(i % 50 == 0 ? i + 1 : 4));
                }
            });
        }
        Threads.runTogether(bodies);
        assertThat(map.unclosed()).isEqualTo(given.get() - closed.get()).isEqualTo(map.size());
        map.close();
        assertThat(failures.get())
                .as("closed twice, or while held; seed %d", seed)
                .isZero();
        assertThat(closed.get()).as("closed of those given, seed %d", seed).isEqualTo(given.get());
        assertThat(map.unclosed()).isZero();
    }

    private void operate(SplittableRandom random, int key) {
        switch (random.nextInt(12)) {
            case 0 -> map.put(key, resource());
            case 1 -> map.putIfAbsent(key, resource());
            case 2 -> map.replace(key, resource());
            case 3 -> map.remove(key);
            case 4 ->
                map.update(key, (_, old) -> {
                    if (old != null) {
                        mustBeOpen(old);
                    }
                    return random.nextInt(4) == 0 ? null : resource();
                });
            case 5 -> {
                try (ValueHolder<Resource> holder = map.holdOrPut(key, _ -> resource())) {
                    mustBeOpen(holder.value());
                }
            }
            case 6 -> {
                try (ValueHolder<Resource> holder = map.take(key)) {
                    if (holder != null) {
                        mustBeOpen(holder.value());
                    }
                }
            }
            case 7 ->
                map.read(key, value -> {
                    mustBeOpen(value);
                    Thread.onSpinWait();
                    mustBeOpen(value);
                    return value;
                });
            default -> hold(random, key);
        }
    }

    private void hold(SplittableRandom random, int key) {
        try (ValueHolder<Resource> holder = map.hold(key)) {
            if (holder != null) {
                switch (random.nextInt(4)) {
                    case 0 -> map.remove(key);
                    case 1 -> map.remove(key, holder);
                    case 2 -> map.replace(key, holder, resource());
                    default -> {
                        try (ValueHolder<Resource> second = holder.share()) {
                            mustBeOpen(second.value());
                        }
                    }
                }
                mustBeOpen(holder.value());
            }
        }
    }

    @Test
    void aMapThatIsClosedWhileOthersGiveKeepsNothing() throws InterruptedException {
        Runnable give = () -> {
            for (int i = 0; i < 20_000; i++) {
                map.put(i % 100, resource());
            }
        };
        Runnable close = () -> {
            while (given.get() < 10_000) {
                Thread.onSpinWait();
            }
            map.close();
        };
        Threads.runTogether(give, give, close);
        assertThat(map.isEmpty()).isTrue();
        assertThat(closed.get()).isEqualTo(given.get());
        assertThat(failures.get()).isZero();
    }
}
