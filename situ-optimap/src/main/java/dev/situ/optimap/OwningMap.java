package dev.situ.optimap;

import com.google.errorprone.annotations.Immutable;
import java.util.Collections;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A lock-free concurrent map that owns its values and closes each exactly once: files, buffers, connections,
/// anything with a reference count of its own.
///
/// With an ordinary concurrent map this cannot be done: between `get` and the use of what it returned, another
/// thread may remove the value and close it. Here a value leaves the map only inside a [ValueHolder], or as the
/// argument of a function that is called while the value is held. It is closed when it is no longer in the map
/// **and** its last holder is closed, by the thread that did the last of the two.
///
/// ```java
/// try (var images = new OwningMap<String, Image>(Image::free)) {
///     images.put("logo", Image.load(path));                          // the map owns the image now
///
///     Size size = images.read("logo", Image::size);                  // held during the call; null if absent
///
///     try (ValueHolder<Image> holder = images.hold("logo")) {        // held until the end of the block
///         images.remove("logo");                                     // not freed here: it is held
///         if (holder != null) {
///             send(holder.value());
///         }
///     }                                                              // freed here
/// }
/// ```
///
/// **What is given is consumed.** Every method that takes a value owns it from then on: the caller must not
/// use, give or close it again, whatever the method returns; a value that does not go into the map is closed at
/// once. (The one exception: if the method throws, because an argument is `null` or the key's `hashCode` or
/// `equals` threw, the value is still the caller's.) A value with its own reference count is given with one
/// count for each giving, and a closer such as `ByteBuf::release`.
///
/// The closer is called by whichever thread gives up the value last, inside its map operation or
/// [ValueHolder#close]: it should be short. It should not throw; what it throws goes to the thread's uncaught
/// exception handler, and the operation returns as if it had not.
///
/// Threads, progress and consistency are those of [OptiMap], which is underneath; taking and giving back a hold
/// is lock-free too.
///
/// @param <K> keys, with `equals` and `hashCode` that agree and do not change
/// @param <V> values that need closing
@Immutable
@SuppressWarnings("Immutable") // safe for all threads by construction
public final class OwningMap<K, V> implements AutoCloseable {
    private final OptiMap<K, Owned<V>> map;
    private final Consumer<? super V> closer;
    private final LongAdder unclosed = new LongAdder();
    private volatile boolean closed;

    /// Makes an empty map whose values are closed by `closer`.
    public OwningMap(Consumer<? super V> closer) {
        this(OptiMapOptions.DEFAULT, closer);
    }

    /// Makes an empty map as `options` say, whose values are closed by `closer`.
    public OwningMap(OptiMapOptions options, Consumer<? super V> closer) {
        this.map = new OptiMap<>(options);
        this.closer = Objects.requireNonNull(closer, "closer");
    }

    /// Makes an empty map whose values are closed by their own `close`.
    public static <K, V extends AutoCloseable> OwningMap<K, V> ofCloseables() {
        return new OwningMap<>(value -> {
            try {
                value.close();
            } catch (Exception e) {
                throw new IllegalStateException("closing " + value + " failed", e);
            }
        });
    }

    // ---- reading --------------------------------------------------------------------------------------------------

    /// Returns a holder of the value of `key`, which the caller closes, or `null` if there is none. (A `null`
    /// resource is fine in try-with-resources.)
    public @Nullable ValueHolder<V> hold(K key) {
        Owned<V> owned = retain(key);
        return owned == null ? null : new ValueHolder<>(owned);
    }

    /// Returns what `function` makes of the value of `key`, or `null` if there is none. The value is held while
    /// `function` runs, and may be used in there only.
    public <R> @Nullable R read(K key, Function<? super V, ? extends R> function) {
        Objects.requireNonNull(function, "function");
        Owned<V> owned = retain(key);
        if (owned == null) {
            return null;
        }
        try {
            return function.apply(owned.value);
        } finally {
            owned.release();
        }
    }

    /// Calls `action` with each key and value; each value is held while it is looked at, and may be used in
    /// there only.
    public void forEach(BiConsumer<? super K, ? super V> action) {
        Objects.requireNonNull(action, "action");
        map.forEach((key, owned) -> {
            if (owned.retain()) {
                try {
                    action.accept(key, owned.value);
                } finally {
                    owned.release();
                }
            }
        });
    }

    /// Whether `key` has a value.
    public boolean containsKey(K key) {
        return map.containsKey(key);
    }

    /// A live view of the keys, which cannot be changed through it.
    public Set<K> keySet() {
        return Collections.unmodifiableSet(map.keySet());
    }

    /// The number of keys; exact when no update is under way.
    public long size() {
        return map.mappingCount();
    }

    /// Whether there are no keys.
    public boolean isEmpty() {
        return map.isEmpty();
    }

    /// The number of values that were given and are not closed yet: those in the map, and those that are only
    /// held. After [#close] and after the last holder it is 0; if it is not, a holder was never closed.
    public long unclosed() {
        return Math.max(0, unclosed.sum());
    }

    private @Nullable Owned<V> retain(K key) {
        while (true) {
            Owned<V> owned = map.get(key);
            // If it cannot be held, it was removed since: then look again.
            if (owned == null || owned.retain()) {
                return owned;
            }
        }
    }

    // ---- giving: all of these consume the value -------------------------------------------------------------------

    /// Consumes `value`: makes it the value of `key`. Returns whether it replaced another.
    public boolean put(K key, V value) {
        Owned<V> given = own(key, value, 1);
        Owned<V> old = map.put(key, given);
        accepted(given, true);
        return releaseOld(old);
    }

    /// Consumes `value`: makes it the value of `key` if there is none. Returns whether it did.
    public boolean putIfAbsent(K key, V value) {
        Owned<V> given = own(key, value, 1);
        return accepted(given, map.putIfAbsent(key, given) == null);
    }

    /// Consumes `value`: makes it the value of `key` if there is another. Returns whether it did.
    public boolean replace(K key, V value) {
        Owned<V> given = own(key, value, 1);
        Owned<V> old = map.replace(key, given);
        return accepted(given, releaseOld(old));
    }

    /// Consumes `value`: makes it the value of `key` if the present one is the one that `expected` holds.
    /// Returns whether it did.
    ///
    /// @throws IllegalStateException if `expected` is closed
    public boolean replace(K key, ValueHolder<V> expected, V value) {
        Owned<V> old = expected.owned();
        Owned<V> given = own(key, value, 1);
        boolean replaced = map.replace(key, old, given);
        if (replaced) {
            old.release();
        }
        return accepted(given, replaced);
    }

    /// Returns a holder of the value of `key`, which the caller closes. If there is none, consumes what
    /// `function` makes of the key, and holds that.
    ///
    /// If several threads do so at once, each may call its function; one result goes into the map, the others
    /// are closed.
    public ValueHolder<V> holdOrPut(K key, Function<? super K, ? extends V> function) {
        Objects.requireNonNull(function, "function");
        while (true) {
            Owned<V> owned = retain(key);
            if (owned != null) {
                return new ValueHolder<>(owned);
            }
            Owned<V> given = own(key, function.apply(key), 2);
            if (accepted(given, map.putIfAbsent(key, given) == null)) {
                return new ValueHolder<>(given);
            }
            given.release();
        }
    }

    /// Replaces the value of `key`, atomically, with what `function` makes of key and value, `null` if there is
    /// none; consumes the result, where `null` removes the key, and the very value that was passed changes
    /// nothing.
    ///
    /// The value is held while `function` runs. If another thread changed the value meanwhile, the result is
    /// closed, and `function` is called again with the new one: it should be free of other side effects. If it
    /// throws, nothing has changed.
    @SuppressWarnings({"NullAway", "ReferenceEquality"}) // does not see that the function takes null; the very value
    public void update(K key, BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> function) {
        Objects.requireNonNull(function, "function");
        while (true) {
            Owned<V> old = retain(key);
            try {
                V value = old == null ? null : old.value;
                V result = function.apply(key, value);
                if (result == value || swing(key, old, result)) {
                    return;
                }
            } finally {
                releaseOld(old);
            }
        }
    }

    private boolean swing(K key, @Nullable Owned<V> old, @Nullable V result) {
        if (result == null) {
            return old == null || (map.remove(key, old) && releaseOld(old));
        }
        Owned<V> given = own(key, result, 1);
        boolean swung = old == null ? map.putIfAbsent(key, given) == null : map.replace(key, old, given);
        return accepted(given, swung && (old == null || releaseOld(old)));
    }

    // ---- taking away ----------------------------------------------------------------------------------------------

    /// Removes `key`. Returns whether it had a value, which is closed now or with its last holder.
    public boolean remove(K key) {
        return releaseOld(map.remove(key));
    }

    /// Removes `key` if its value is the one that `expected` holds. Returns whether it was.
    ///
    /// @throws IllegalStateException if `expected` is closed
    public boolean remove(K key, ValueHolder<V> expected) {
        Owned<V> old = expected.owned();
        return map.remove(key, old) && releaseOld(old);
    }

    /// Removes `key` and returns a holder of its value, which the caller closes, or `null` if there is none.
    public @Nullable ValueHolder<V> take(K key) {
        Owned<V> owned = map.remove(key);
        return owned == null ? null : new ValueHolder<>(owned);
    }

    /// Removes every key that is there throughout the call; keys that are given meanwhile may stay.
    public void clear() {
        for (K key : map.keySet()) {
            remove(key);
        }
    }

    /// Removes every key, and from now on every value that is given, at once. Holders stay valid until they are
    /// closed.
    @Override
    public void close() {
        closed = true;
        clear();
    }

    // ---- owning ---------------------------------------------------------------------------------------------------

    private Owned<V> own(K key, V value, int holds) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
        return new Owned<>(value, holds, closer, unclosed);
    }

    /// The map operation that was to take up `given` has returned, so `given` is consumed: it is in the map if
    /// `accepted`, and otherwise the map's hold is given back. Returns `accepted`.
    private boolean accepted(Owned<V> given, boolean accepted) {
        unclosed.increment();
        if (!accepted) {
            given.release();
        } else if (closed) {
            clear();
        }
        return accepted;
    }

    private boolean releaseOld(@Nullable Owned<V> old) {
        if (old == null) {
            return false;
        }
        old.release();
        return true;
    }
}
