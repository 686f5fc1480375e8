package dev.situ.kv.tracking;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// Which clients are told of all keys that begin so or so. Safe for all threads.
///
/// @param <S> a client, known by its identity
public final class TrackingPrefixes<S> {
    private final Map<String, Set<S>> clients = new ConcurrentHashMap<>();

    /// Makes a registry without prefixes.
    public TrackingPrefixes() {}

    /// Tells a client of keys with a prefix from now on, again without effect.
    public void add(String prefix, S client) {
        clients.compute(prefix, (_, known) -> {
            Set<S> all = known == null ? ConcurrentHashMap.newKeySet() : known;
            all.add(client);
            return all;
        });
    }

    /// Ends that.
    public void remove(String prefix, S client) {
        clients.computeIfPresent(prefix, (_, all) -> {
            all.remove(client);
            return all.isEmpty() ? null : all;
        });
    }

    /// Gives each client to `receiver` that is to be told of a key: once, as the prefixes of one client do not
    /// overlap.
    public void receivers(String key, Consumer<S> receiver) {
        clients.forEach((prefix, all) -> {
            if (key.startsWith(prefix)) {
                all.forEach(receiver);
            }
        });
    }

    /// How many prefixes have a client.
    public int size() {
        return clients.size();
    }
}
