package dev.situ.store;

/// Is told of the keys that the store itself takes away: those whose time is over, and those that go for want of
/// memory. What a caller deletes, replaces or clears is the caller's to know.
///
/// Each such key is told exactly once, by the worker that took it out of the map, behind that step: who looks for
/// the key then does not find it. An expired record is told when it is removed, by a sweep or by the first
/// operation that meets it, and not at the moment when its time is over; one that a clear takes away is not told.
///
/// Set by [Store#listen]. Without one, a removal costs one load of a field more, and everything else nothing.
@FunctionalInterface
public interface RemovalListener {
    /// Why a key has gone.
    enum Cause {
        /// Its time was over.
        EXPIRED,
        /// The memory was needed.
        EVICTED
    }

    /// A key has gone. Called on the removing worker's thread, inside its epoch, in the middle of an operation: it
    /// must use no worker, wait for nothing, and throw nothing.
    ///
    /// @param record the record in [Store#memory()], borrowed for the call: its key, its database and its value
    ///     may be read
    void removed(long record, Cause cause);
}
