package dev.situ.store;

/// What a store holds, at about one moment: workers go on while it is counted, so the figures may disagree a
/// little unless nothing runs.
///
/// @param keys records that can be found, expired ones included that nobody has met yet
/// @param volatileKeys those of them that have an expiry
/// @param adoptedKeys those of them whose values lie in buffers of a transport
/// @param usedBytes bytes of these records: headers, keys, values that are in them
/// @param adoptedBytes bytes of adopted values, which are in nothing else that is counted here
/// @param allocatedBytes bytes of all pages in use: cells used and free, runs, index
/// @param limitBytes how far `allocatedBytes` may go
/// @param indexBytes bytes of the index, overflow buckets and a growing table included
/// @param capacityKeys keys that the index holds before it grows
/// @param limboRecords records that are unlinked and wait until nobody can be reading them
/// @param limboBytes bytes of these
/// @param pinnedRecords records of these that only pins keep
/// @param claimedRecords records that are claimed and neither published nor aborted
/// @param oldestEpoch how many epochs ago the worker entered that is in its epoch longest; 0 if none is. If it
///     keeps growing, a worker is stuck
/// @param evicted records that went for want of memory, since the store was opened
/// @param expired records that went because their time was over, since the store was opened
/// @param relocated records that were moved to other memory, since the store was opened
public record StoreStatistics(
        long keys,
        long volatileKeys,
        long adoptedKeys,
        long usedBytes,
        long adoptedBytes,
        long allocatedBytes,
        long limitBytes,
        long indexBytes,
        long capacityKeys,
        long limboRecords,
        long limboBytes,
        long pinnedRecords,
        long claimedRecords,
        long oldestEpoch,
        long evicted,
        long expired,
        long relocated) {}
