package dev.situ.optimap;

import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Spliterator;
import java.util.Spliterators;
import org.jspecify.annotations.Nullable;

/// `keySet()`.
final class KeyView<K, V> extends AbstractSet<K> {
    private final OptiMap<K, V> map;

    KeyView(OptiMap<K, V> map) {
        this.map = map;
    }

    @Override
    public Iterator<K> iterator() {
        return new ViewIterator<K, V, K>(map) {
            @Override
            K element(BucketEntry<K, V> entry, V value) {
                return entry.key;
            }

            @Override
            void remove(K key) {
                map.remove(key);
            }
        };
    }

    /// Not sized: the number of keys may change under way.
    @Override
    public Spliterator<K> spliterator() {
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
    public boolean contains(@Nullable Object key) {
        return map.containsKey(key);
    }

    @Override
    public boolean remove(@Nullable Object key) {
        return map.remove(key) != null;
    }

    @Override
    public void clear() {
        map.clear();
    }
}
