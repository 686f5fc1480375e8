package dev.situ.store;

/// What became of a write.
public enum StoreStatus {
    /// The record is in the store.
    STORED,
    /// The condition of the write did not hold; the store is as it was.
    NOT_STORED,
    /// The key was there and is gone.
    DELETED,
    /// The key was not there.
    ABSENT,
    /// There is no memory for it; the store is as it was.
    FULL
}
