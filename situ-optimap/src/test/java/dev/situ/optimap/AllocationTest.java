package dev.situ.optimap;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AllocationTest {
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void readsAndUpdatesOfKeysThatAreThereAllocateNothing() {
        OptiMap<String, Long> map = new OptiMap<>(OptiMapOptions.fixed(16));
        String[] keys = IntStream.range(0, 64).mapToObj(i -> "key" + i).toArray(String[]::new);
        Long[] values = {1000L, 2000L, 3000L};
        for (String key : keys) {
            map.put(key, values[0]);
        }
        operate(map, keys, values, 2_000);
        long before = threads.getCurrentThreadAllocatedBytes();
        operate(map, keys, values, 20_000);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(allocated).as("bytes for 80,000 operations").isLessThan(80_000);
    }

    private static void operate(OptiMap<String, Long> map, String[] keys, Long[] values, int times) {
        for (int i = 0; i < times; i++) {
            String key = keys[i & 63];
            map.put(key, values[i % 3]);
            map.get(key);
            map.replace(key, values[(i + 1) % 3]);
            map.replace(key, values[(i + 1) % 3], values[i % 3]);
        }
    }
}
