package dev.situ.r2p2;

import java.util.Arrays;

/// Finds a small number by a 64-bit key: a table with linear probing of fixed size that never allocates.
///
/// Deleting moves later entries of the run back, so no tombstones gather. The hash is keyed, so that who chooses
/// the keys (addresses and rids come from the network) cannot choose collisions. Confined to one thread.
final class LongIndex {
    /// What [#get] and [#remove] give for an absent key.
    static final int NONE = -1;

    private final long[] keys;
    private final int[] values;
    private final int mask;
    private final long secret;

    /// @param capacity the most entries that will be in it at once
    /// @param secret keys the hash
    LongIndex(int capacity, long secret) {
        int slots = Integer.highestOneBit(Math.max(4, capacity)) << 2;
        keys = new long[slots];
        values = new int[slots];
        Arrays.fill(values, NONE);
        mask = slots - 1;
        this.secret = secret | 1;
    }

    int get(long key) {
        for (int i = home(key); values[i] != NONE; i = i + 1 & mask) {
            if (keys[i] == key) {
                return values[i];
            }
        }
        return NONE;
    }

    /// Adds a key that is absent.
    void put(long key, int value) {
        int i = home(key);
        while (values[i] != NONE) {
            i = i + 1 & mask;
        }
        keys[i] = key;
        values[i] = value;
    }

    /// Takes out a key and gives what it led to, or [#NONE].
    int remove(long key) {
        int i = home(key);
        while (values[i] != NONE && keys[i] != key) {
            i = i + 1 & mask;
        }
        int removed = values[i];
        if (removed != NONE) {
            close(i);
        }
        return removed;
    }

    private void close(int gap) {
        int hole = gap;
        for (int i = hole + 1 & mask; values[i] != NONE; i = i + 1 & mask) {
            if ((i - home(keys[i]) & mask) >= (i - hole & mask)) {
                keys[hole] = keys[i];
                values[hole] = values[i];
                hole = i;
            }
        }
        values[hole] = NONE;
    }

    private int home(long key) {
        long h = (key ^ secret >>> 7) * secret;
        h ^= h >>> 32;
        h *= 0x9E3779B97F4A7C15L;
        return (int) (h >>> 32) & mask;
    }
}
