package dev.situ.optimap;

import com.google.errorprone.annotations.Immutable;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A lock-free [ConcurrentMap]: the thesis's OptiMap (sections 3.2 and 4.2) on the Java heap.
///
/// **Optimistic**: an update prepares what shall be next and swings one reference to it by compare-and-set; if
/// another thread was faster, it starts again from that thread's version. **Multi-version**: what a reader has
/// loaded stays as it is, for as long as the reader likes. References are swung on two levels: a bucket's word,
/// from one immutable set of entries to another, when a key comes or goes; and an entry's value.
///
/// ```
///   buckets   ┌─────┬─────┬─────┬─────┐
///             │  •  │null │  •  │  •──┼──▶ Moved ──▶ the larger table, while the map grows
///             └──┼──┴─────┴──┼──┴─────┘
///                │           ▼
///                │        │ • │ • │           overflow, for two keys or more: immutable
///                ▼          ▼   ▼
///               k=v        k=v k=v            entry: the value is swung in place
/// ```
///
/// Differences from [java.util.concurrent.ConcurrentHashMap] that its users notice:
/// * **No lock, ever.** A function given to `compute`, `merge` or `computeIfAbsent` runs outside any critical
///   section. It may take long and may use this map, even the same key, and no other operation waits for it. In
///   exchange it may run more than once, and its result may be discarded: it should be free of side effects. It
///   runs again only if *its own key's* value changed meanwhile.
/// * **The table grows in small steps** that writers take over from each other; a sleeping thread delays
///   nobody. The table never shrinks.
/// * **No trees.** Keys with equal hash codes cost time in proportion to their number; use a good `hashCode`,
///   and for keys that an adversary chooses, a seeded one.
/// * An update of a key that is there allocates nothing.
/// * `null` results of functions, views and iterators behave as there; `null` is neither a key nor a value.
///
/// Progress: `get`, `containsKey` and a step of an iterator are wait-free; all updates are lock-free (if the
/// functions and the `equals` that they call return). Every operation on one key is linearizable: at its
/// successful compare-and-set, or, if it changes nothing, at a load. Actions before storing a value
/// happen-before actions after another thread got it. `size`, `isEmpty`, `clear`, `equals`, `hashCode`,
/// `toString` and the iterators are weakly consistent: exact when nothing changes; otherwise each key that
/// stays throughout is seen exactly once, and others at most once.
///
/// Values that must be closed belong into an [OwningMap].
///
/// ```java
/// var hits = new OptiMap<String, Long>();
/// hits.merge("/index.html", 1L, Long::sum);
/// hits.forEach((page, count) -> System.out.println(page + " " + count));
/// ```
///
/// @param <K> keys, with `equals` and `hashCode` that agree and do not change
/// @param <V> values
@Immutable
@SuppressWarnings("Immutable") // safe for all threads by construction
public final class OptiMap<K, V> extends EntryTable<K, V> implements ConcurrentMap<K, V> {
    /// Makes an empty map with [OptiMapOptions#DEFAULT].
    public OptiMap() {
        this(OptiMapOptions.DEFAULT);
    }

    /// Makes an empty map as `options` say.
    public OptiMap(OptiMapOptions options) {
        super(options);
    }

    /// Makes a map with the content of `source`.
    public OptiMap(Map<? extends K, ? extends V> source) {
        this();
        putAll(source);
    }

    // ---- plain operations -----------------------------------------------------------------------------------------

    @Override
    public @Nullable V get(@Nullable Object key) {
        Objects.requireNonNull(key, "key");
        return value(Word.hash(key), key);
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return get(key) != null;
    }

    @Override
    public @Nullable V put(K key, V value) {
        Objects.requireNonNull(value, "value");
        int hash = Word.hash(key);
        BucketEntry<K, V> entry = entryToUpdate(hash, key);
        while (true) {
            if (entry != null) {
                for (V old = entry.value(); old != null; old = entry.value()) {
                    if (entry.compareAndSet(old, value)) {
                        return old;
                    }
                }
            }
            entry = insert(hash, key, value);
            if (entry == null) {
                return null;
            }
        }
    }

    @Override
    public @Nullable V putIfAbsent(K key, V value) {
        Objects.requireNonNull(value, "value");
        int hash = Word.hash(key);
        while (true) {
            V present = value(hash, key);
            if (present != null || insert(hash, key, value) == null) {
                return present;
            }
        }
    }

    @Override
    public @Nullable V remove(@Nullable Object key) {
        Objects.requireNonNull(key, "key");
        BucketEntry<K, V> entry = entry(Word.hash(key), key);
        V value = entry == null ? null : entry.value();
        while (entry != null && value != null && !kill(entry, value)) {
            value = entry.value();
        }
        return value;
    }

    @Override
    public boolean remove(@Nullable Object key, @Nullable Object value) {
        Objects.requireNonNull(key, "key");
        BucketEntry<K, V> entry = value == null ? null : entry(Word.hash(key), key);
        while (entry != null) {
            V present = entry.value();
            if (present == null || !present.equals(value)) {
                return false;
            }
            if (kill(entry, present)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public @Nullable V replace(K key, V value) {
        Objects.requireNonNull(value, "value");
        BucketEntry<K, V> entry = entryToUpdate(Word.hash(key), key);
        V old = entry == null ? null : entry.value();
        while (entry != null && old != null && !entry.compareAndSet(old, value)) {
            old = entry.value();
        }
        return old;
    }

    @Override
    public boolean replace(K key, V oldValue, V newValue) {
        Objects.requireNonNull(oldValue, "oldValue");
        Objects.requireNonNull(newValue, "newValue");
        BucketEntry<K, V> entry = entryToUpdate(Word.hash(key), key);
        while (entry != null) {
            V present = entry.value();
            if (present == null || !oldValue.equals(present)) {
                return false;
            }
            if (entry.compareAndSet(present, newValue)) {
                return true;
            }
        }
        return false;
    }

    // ---- updates by function: retried when the key's own value changed --------------------------------------------

    /// Returns the value of `key`, or, if there is none, makes `function` of it the value unless that is
    /// `null`.
    ///
    /// If several threads do so at once, each may call its function, but only one result is stored, and all
    /// return that one.
    @Override
    @SuppressWarnings("NullAway") // the JDK's annotations leave out that the function may return null
    public @Nullable V computeIfAbsent(K key, Function<? super K, ? extends @Nullable V> function) {
        Objects.requireNonNull(function, "function");
        V present = value(Word.hash(key), key);
        if (present != null) {
            return present;
        }
        V value = function.apply(key);
        if (value == null) {
            return null;
        }
        present = putIfAbsent(key, value);
        return present == null ? value : present;
    }

    /// If `key` has a value, replaces it with `function` of key and value, or removes it if that is `null`.
    /// Returns the new value.
    @Override
    public @Nullable V computeIfPresent(K key, BiFunction<? super K, ? super V, ? extends @Nullable V> function) {
        Objects.requireNonNull(function, "function");
        int hash = Word.hash(key);
        while (true) {
            BucketEntry<K, V> entry = entryToUpdate(hash, key);
            V old = entry == null ? null : entry.value();
            if (old == null) {
                return null;
            }
            V value = function.apply(key, old);
            if (swing(entry, hash, key, old, value)) {
                return value;
            }
        }
    }

    /// Replaces the value of `key`, `null` if there is none, with `function` of key and value, where `null`
    /// again means none. Returns the new value.
    @Override
    @SuppressWarnings("NullAway") // does not see that the function takes null
    public @Nullable V compute(K key, BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> function) {
        Objects.requireNonNull(function, "function");
        int hash = Word.hash(key);
        while (true) {
            BucketEntry<K, V> entry = entryToUpdate(hash, key);
            V old = entry == null ? null : entry.value();
            V value = function.apply(key, old);
            if (swing(entry, hash, key, old, value)) {
                return value;
            }
        }
    }

    /// Makes `value` the value of `key` if it has none; otherwise `function` of its value and `value`, or
    /// removes it if that is `null`. Returns the new value.
    @Override
    public @Nullable V merge(K key, V value, BiFunction<? super V, ? super V, ? extends @Nullable V> function) {
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(function, "function");
        int hash = Word.hash(key);
        while (true) {
            BucketEntry<K, V> entry = entryToUpdate(hash, key);
            V old = entry == null ? null : entry.value();
            V merged = old == null ? value : function.apply(old, value);
            if (swing(entry, hash, key, old, merged)) {
                return merged;
            }
        }
    }

    /// Replaces each value with `function` of its key and value, each atomically on its own.
    @Override
    public void replaceAll(BiFunction<? super K, ? super V, ? extends V> function) {
        Objects.requireNonNull(function, "function");
        Traversal<K, V> all = new Traversal<>(buckets());
        for (BucketEntry<K, V> entry = all.next(); entry != null; entry = all.next()) {
            computeIfPresent(entry.key, (key, value) -> Objects.requireNonNull(function.apply(key, value)));
        }
    }

    // ---- the whole map --------------------------------------------------------------------------------------------

    /// The number of keys; exact when no update is under way. A map of more than `Integer.MAX_VALUE` keys says
    /// that number: see [#mappingCount].
    @Override
    public int size() {
        return (int) Math.min(mappingCount(), Integer.MAX_VALUE);
    }

    /// The number of keys; exact when no update is under way.
    public long mappingCount() {
        return count();
    }

    @Override
    public boolean isEmpty() {
        return mappingCount() == 0;
    }

    @Override
    public boolean containsValue(@Nullable Object value) {
        Objects.requireNonNull(value, "value");
        return values().contains(value);
    }

    /// Removes every key that is there throughout the call; keys that are inserted meanwhile may stay.
    @Override
    public void clear() {
        Traversal<K, V> all = new Traversal<>(buckets());
        for (BucketEntry<K, V> entry = all.next(); entry != null; entry = all.next()) {
            remove(entry.key);
        }
    }

    /// A live view of the keys. Its `remove` methods remove from the map; nothing can be added to it.
    @Override
    public Set<K> keySet() {
        return new KeyView<>(this);
    }

    /// A live view of the values. Its iterator's `remove` removes an entry only if it still has the value that
    /// the iterator gave.
    @Override
    public Collection<V> values() {
        return new ValueView<>(this);
    }

    /// A live view of the entries. An entry is a snapshot; its `setValue` also puts the value into the map. The
    /// iterator's `remove` removes an entry only if it still has the value that the iterator gave.
    @Override
    public Set<Map.Entry<K, V>> entrySet() {
        return new EntryView<>(this);
    }
}
