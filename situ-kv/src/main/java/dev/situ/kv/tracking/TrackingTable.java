package dev.situ.kv.tracking;

import java.util.Arrays;
import java.util.Iterator;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Which clients have read which keys and were not told since that these have changed. As in Redis, keys are known
/// by name, whatever their database, and clients by number: one that has left stays until its keys change.
///
/// ```
///   key -> numbers of clients      add: a client is about to read the key
///                                  take: the key has changed; who takes the numbers tells the clients
/// ```
///
/// Safe for all threads. Of an `add` and a `take` of one key, the later one sees the earlier one, and what its
/// thread did before: a client that is not among those taken reads what was written before the taking.
public final class TrackingTable {
    private static final long[] NOBODY = {};

    /// The keys since the last [#clear]: that is bounded, whatever was in it.
    private static final class Generation {
        final ConcurrentHashMap<String, long[]> clients = new ConcurrentHashMap<>();
        final AtomicLong items = new AtomicLong();
    }

    private volatile Generation current = new Generation();
    private @Nullable Iterator<String> hand; // where the next key is found that is to go

    /// Makes an empty table.
    public TrackingTable() {}

    /// Remembers that a client reads a key, again without effect.
    public void add(String key, long client) {
        Generation generation;
        do {
            generation = current;
            add(generation, key, client);
        } while (generation != current); // cleared meanwhile: it might be lost
    }

    private static void add(Generation generation, String key, long client) {
        generation.clients.compute(key, (_, known) -> {
            if (known == null) {
                generation.items.incrementAndGet();
                return new long[] {client};
            }
            for (long one : known) {
                if (one == client) {
                    return known;
                }
            }
            generation.items.incrementAndGet();
            long[] more = Arrays.copyOf(known, known.length + 1);
            more[known.length] = client;
            return more;
        });
    }

    /// Forgets a key. Gives the clients that have read it, for the caller to tell them.
    public long[] take(String key) {
        Generation generation = current;
        long[] clients = generation.clients.remove(key);
        if (clients == null) {
            return NOBODY;
        }
        generation.items.addAndGet(-clients.length);
        return clients;
    }

    /// Some key, to be taken where there are too many: each call gives another one, round and round. Null if there
    /// is none.
    public synchronized @Nullable String next() {
        for (int i = 0; i < 2; i++) {
            if (hand != null && hand.hasNext()) {
                return hand.next();
            }
            hand = current.clients.keySet().iterator();
        }
        return null;
    }

    /// Forgets all keys, at once.
    public synchronized void clear() {
        current = new Generation();
        hand = null;
    }

    /// How many keys there are.
    public long keys() {
        return current.clients.mappingCount();
    }

    /// How many pairs of a key and a client there are.
    public long items() {
        return current.items.get();
    }
}
