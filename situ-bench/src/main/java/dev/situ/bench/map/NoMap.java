package dev.situ.bench.map;

import java.util.AbstractMap;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/// Looks at a key's hash code and does nothing else: what is left of a measurement when the map costs nothing.
final class NoMap extends AbstractMap<String, Long> implements ConcurrentMap<String, Long> {
    private final Long[] values = {1000L, 2000L};

    @Override
    public Long get(@Nullable Object key) {
        return values[Objects.hashCode(key) & 1];
    }

    @Override
    public Long put(String key, Long value) {
        return values[key.hashCode() & 1];
    }

    @Override
    public Set<Entry<String, Long>> entrySet() {
        return Set.of();
    }

    @Override
    public @Nullable Long putIfAbsent(String key, Long value) {
        return put(key, value);
    }

    @Override
    public boolean remove(@Nullable Object key, @Nullable Object value) {
        return false;
    }

    @Override
    public boolean replace(String key, Long old, Long value) {
        return false;
    }

    @Override
    public @Nullable Long replace(String key, Long value) {
        return put(key, value);
    }
}
