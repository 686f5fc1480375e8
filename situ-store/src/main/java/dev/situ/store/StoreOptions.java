package dev.situ.store;

import dev.situ.memory.HugePages;
import java.security.SecureRandom;
import java.util.function.LongSupplier;

/// How a [Store] is opened.
///
/// @param memoryBytes how much memory all records and the index may use, at least [#MIN_MEMORY_BYTES]
/// @param expectedKeys a hint that saves growth at the start; 0 for none
/// @param hugePages which pages the region is made of
/// @param maxWorkers how many workers may be registered at once
/// @param clockMillis the time in milliseconds since 1970, for expiry; called from every worker
/// @param hashSeed the secret that keys are hashed with
/// @param evictionPolicy what goes when memory runs out
/// @param adoption when values stay in the buffers that they arrived in
public record StoreOptions(
        long memoryBytes,
        long expectedKeys,
        HugePages hugePages,
        int maxWorkers,
        LongSupplier clockMillis,
        long hashSeed,
        EvictionPolicy evictionPolicy,
        AdoptionPolicy adoption) {
    /// Below this even an empty store has no room for its slabs.
    public static final long MIN_MEMORY_BYTES = 1 << 20;

    private static final SecureRandom RANDOM = new SecureRandom();

    /// Checks the values.
    ///
    /// @throws StoreOpenException if one is out of range; the message is for the user
    public StoreOptions {
        if (memoryBytes < MIN_MEMORY_BYTES) {
            throw new StoreOpenException("a store needs at least 1 MiB of memory, not " + memoryBytes + " bytes");
        }
        if (memoryBytes > 1L << 41) {
            throw new StoreOpenException("a store can have at most 2 TiB of memory, not " + memoryBytes + " bytes");
        }
        if (expectedKeys < 0 || expectedKeys > 1L << 36) {
            throw new StoreOpenException("the number of keys expected cannot be " + expectedKeys);
        }
        if (maxWorkers < 1 || maxWorkers > 4096) {
            throw new StoreOpenException("a store can have 1 to 4096 workers, not " + maxWorkers);
        }
    }

    /// Options with this much memory, and the defaults for everything else: no expected keys, ordinary pages, 256
    /// workers, the system's clock, a random seed, no eviction, adoption from a kilobyte a packet on.
    public static StoreOptions ofMemory(long memoryBytes) {
        return new StoreOptions(
                memoryBytes,
                0,
                HugePages.NONE,
                256,
                System::currentTimeMillis,
                RANDOM.nextLong(),
                EvictionPolicy.NOEVICTION,
                AdoptionPolicy.DEFAULT);
    }

    /// The same with a hint of how many keys to expect.
    public StoreOptions withExpectedKeys(long keys) {
        return new StoreOptions(
                memoryBytes, keys, hugePages, maxWorkers, clockMillis, hashSeed, evictionPolicy, adoption);
    }

    /// The same with other pages.
    public StoreOptions withHugePages(HugePages pages) {
        return new StoreOptions(
                memoryBytes, expectedKeys, pages, maxWorkers, clockMillis, hashSeed, evictionPolicy, adoption);
    }

    /// The same with room for another number of workers.
    public StoreOptions withMaxWorkers(int workers) {
        return new StoreOptions(
                memoryBytes, expectedKeys, hugePages, workers, clockMillis, hashSeed, evictionPolicy, adoption);
    }

    /// The same with another clock.
    public StoreOptions withClock(LongSupplier clock) {
        return new StoreOptions(
                memoryBytes, expectedKeys, hugePages, maxWorkers, clock, hashSeed, evictionPolicy, adoption);
    }

    /// The same with a known seed, for tests that are to repeat.
    public StoreOptions withHashSeed(long seed) {
        return new StoreOptions(
                memoryBytes, expectedKeys, hugePages, maxWorkers, clockMillis, seed, evictionPolicy, adoption);
    }

    /// The same with another eviction policy.
    public StoreOptions withEvictionPolicy(EvictionPolicy policy) {
        return new StoreOptions(
                memoryBytes, expectedKeys, hugePages, maxWorkers, clockMillis, hashSeed, policy, adoption);
    }

    /// The same with another adoption policy.
    public StoreOptions withAdoption(AdoptionPolicy policy) {
        return new StoreOptions(
                memoryBytes, expectedKeys, hugePages, maxWorkers, clockMillis, hashSeed, evictionPolicy, policy);
    }
}
