package dev.situ.optimap;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import org.jspecify.annotations.Nullable;

/// `entrySet()`.
final class EntryView<K, V> extends AbstractSet<Map.Entry<K, V>> {
    private final OptiMap<K, V> map;

    EntryView(OptiMap<K, V> map) {
        this.map = map;
    }

    @Override
    public Iterator<Map.Entry<K, V>> iterator() {
        return new ViewIterator<K, V, Map.Entry<K, V>>(map) {
            @Override
            Map.Entry<K, V> element(BucketEntry<K, V> entry, V value) {
                return new WriteThrough<>(map, entry.key, value);
            }

            @Override
            void remove(Map.Entry<K, V> entry) {
                map.removeExactly(entry.getKey(), entry.getValue());
            }
        };
    }

    /// Not sized: the number of entries may change under way.
    @Override
    public Spliterator<Map.Entry<K, V>> spliterator() {
        return Spliterators.spliteratorUnknownSize(
                iterator(), Spliterator.CONCURRENT | Spliterator.DISTINCT | Spliterator.NONNULL);
    }

    @Override
    public int size() {
        return map.size();
    }

    @Override
    public boolean isEmpty() {
        return map.isEmpty();
    }

    @Override
    public boolean contains(@Nullable Object object) {
        return object instanceof Map.Entry<?, ?> entry
                && entry.getKey() != null
                && entry.getValue() != null
                && entry.getValue().equals(map.get(entry.getKey()));
    }

    @Override
    public boolean remove(@Nullable Object object) {
        return object instanceof Map.Entry<?, ?> entry
                && entry.getKey() != null
                && entry.getValue() != null
                && map.remove(entry.getKey(), entry.getValue());
    }

    @Override
    public void clear() {
        map.clear();
    }

    /// A snapshot of an entry whose `setValue` also puts into the map.
    private static final class WriteThrough<K, V> extends AbstractMap.SimpleEntry<K, V> {
        private static final long serialVersionUID = 1;

        @SuppressWarnings("serial") // never serialised: SimpleEntry only happens to be serialisable
        private final transient OptiMap<K, V> map;

        WriteThrough(OptiMap<K, V> map, K key, V value) {
            super(key, value);
            this.map = map;
        }

        @Override
        public V setValue(V value) {
            map.put(getKey(), Objects.requireNonNull(value, "value"));
            return super.setValue(value);
        }
    }
}
