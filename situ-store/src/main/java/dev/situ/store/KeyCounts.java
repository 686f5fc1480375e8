package dev.situ.store;

import java.lang.foreign.MemorySegment;

/// How many keys there are in each database, and how many of them have an expiry: as far as one worker knows, which has
/// inserted them and has removed others, so that only the sum over all workers means anything.
///
/// Written by the worker alone; others read it for statistics, and may be a little late.
final class KeyCounts {
    private final long[] keys = new long[Store.DATABASES];
    private final long[] volatileKeys = new long[Store.DATABASES];
    private long allKeys;
    private long allVolatileKeys;

    /// Counts a record as one key more or less in its database.
    ///
    /// @param sign 1 or -1
    void addKey(MemorySegment region, long record, int sign) {
        keys[Record.database(region, record)] += sign;
        allKeys += sign;
    }

    /// Counts a record's expiry, if it has one.
    ///
    /// @param sign 1 or -1
    void addExpiry(MemorySegment region, long record, int sign) {
        if (Record.expireAtMillis(region, record) != 0) {
            volatileKeys[Record.database(region, record)] += sign;
            allVolatileKeys += sign;
        }
    }

    /// Adds what another has counted.
    void add(KeyCounts other) {
        other.addKeysTo(keys);
        for (int i = 0; i < Store.DATABASES; i++) {
            volatileKeys[i] += other.volatileKeys[i];
        }
        allKeys += other.allKeys;
        allVolatileKeys += other.allVolatileKeys;
    }

    long keys() {
        return allKeys;
    }

    long volatileKeys() {
        return allVolatileKeys;
    }

    /// Adds the keys of each database to `sums`.
    void addKeysTo(long[] sums) {
        for (int i = 0; i < Store.DATABASES; i++) {
            sums[i] += keys[i];
        }
    }

    long volatileKeys(int database) {
        return volatileKeys[database];
    }
}
