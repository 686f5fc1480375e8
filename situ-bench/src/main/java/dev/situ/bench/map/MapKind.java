package dev.situ.bench.map;

import com.github.benmanes.caffeine.cache.Caffeine;
import dev.situ.optimap.OptiMap;
import dev.situ.optimap.OptiMapOptions;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jctools.maps.NonBlockingHashMap;

/// The maps that are compared. Each starts with as many buckets as is asked; all but [OptiMap] then grow when they
/// think they should.
enum MapKind {
    OPTIMAP("OptiMap") {
        @Override
        ConcurrentMap<String, Long> make(int buckets) {
            return new OptiMap<>(OptiMapOptions.fixed(buckets));
        }
    },
    CHM("ConcurrentHashMap") {
        @Override
        ConcurrentMap<String, Long> make(int buckets) {
            return new ConcurrentHashMap<>(buckets);
        }
    },
    NON_BLOCKING("NonBlockingHashMap") {
        @Override
        ConcurrentMap<String, Long> make(int buckets) {
            return new NonBlockingHashMap<>(buckets);
        }
    },
    CAFFEINE("Caffeine") {
        @Override
        ConcurrentMap<String, Long> make(int buckets) {
            return Caffeine.newBuilder()
                    .initialCapacity(buckets)
                    .<String, Long>build()
                    .asMap();
        }
    },
    /// The bound: what the loop takes around the map.
    NONE("loop without a map") {
        @Override
        ConcurrentMap<String, Long> make(int buckets) {
            return new NoMap();
        }
    };

    private final String system;

    MapKind(String system) {
        this.system = system;
    }

    abstract ConcurrentMap<String, Long> make(int buckets);

    /// The name in results.
    String system() {
        return system;
    }
}
