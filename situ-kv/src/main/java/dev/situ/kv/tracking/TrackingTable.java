package dev.situ.kv.tracking;

import java.util.Arrays;
import java.util.Iterator;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// Which clients have read which keys and were not told since that these have changed. As in Redis, keys are known
/// by name, whatever their database, and clients by number: one that has left stays until its keys change, or
/// until there is no room left beside it.
///
/// ```
///   key -> numbers of clients      add: a client is about to read the key
///                                  take: the key has changed; who takes the numbers tells the clients
/// ```
///
/// The numbers of a key's clients are an array that doubles when it is full of clients that are there: so a key
/// that everybody reads costs each of them O(1) copying. Zero is no client.
///
/// Safe for all threads. Of an `add` and a `take` of one key, the later one sees the earlier one, and what its
/// thread did before: a client that is not among those taken reads what was written before the taking.
public final class TrackingTable {
    /// About what a key takes of the heap besides its bytes and its clients: the entry, the string, the array.
    private static final int KEY_OVERHEAD_BYTES = 112;

    private static final long[] NOBODY = {};

    /// The keys since the last [#clear]: that is bounded, whatever was in it.
    private static final class Generation {
        final ConcurrentHashMap<String, long[]> clients = new ConcurrentHashMap<>();
        final AtomicLong items = new AtomicLong();
        final AtomicLong bytes = new AtomicLong();
    }

    private final LongPredicate isThere;
    private volatile Generation current = new Generation();
    private @Nullable Iterator<String> hand; // where the next key is found that is to go

    /// Makes an empty table.
    ///
    /// @param isThere whether a client has not left yet; of one that has, nothing need be remembered. Any thread
    public TrackingTable(LongPredicate isThere) {
        this.isThere = isThere;
    }

    /// Remembers that a client reads a key, again without effect.
    ///
    /// @param client not 0
    public void add(String key, long client) {
        Generation generation;
        do {
            generation = current;
            add(generation, key, client);
        } while (generation != current); // cleared meanwhile: it might be lost
    }

    // Within `compute` nobody else has the array: who takes the key takes it behind this.
    private void add(Generation generation, String key, long client) {
        generation.clients.compute(key, (_, known) -> {
            if (known == null) {
                generation.items.incrementAndGet();
                generation.bytes.addAndGet(bytes(key, 1));
                return new long[] {client};
            }
            int used = used(known);
            for (int i = 0; i < used; i++) {
                if (known[i] == client) {
                    return known;
                }
            }
            long[] clients = known;
            if (used == known.length) {
                clients = Arrays.stream(known).filter(isThere).toArray();
                generation.items.addAndGet(clients.length - used);
                used = clients.length;
                clients = Arrays.copyOf(clients, Math.max(1, 2 * used));
                generation.bytes.addAndGet((clients.length - known.length) * (long) Long.BYTES);
            }
            clients[used] = client;
            generation.items.incrementAndGet();
            return clients;
        });
    }

    /// How many clients there are in an array, which are before the zeros.
    private static int used(long[] clients) {
        int used = clients.length;
        while (used > 0 && clients[used - 1] == 0) {
            used--;
        }
        return used;
    }

    private static long bytes(String key, int room) {
        return KEY_OVERHEAD_BYTES + key.length() + room * (long) Long.BYTES;
    }

    /// Forgets a key. Gives the clients that have read it, for the caller to tell them.
    public long[] take(String key) {
        Generation generation = current;
        long[] clients = generation.clients.remove(key);
        if (clients == null) {
            return NOBODY;
        }
        int used = used(clients);
        generation.items.addAndGet(-used);
        generation.bytes.addAndGet(-bytes(key, clients.length));
        return used == clients.length ? clients : Arrays.copyOf(clients, used);
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

    /// About how many bytes of the heap that takes.
    public long bytes() {
        return current.bytes.get();
    }
}
