package dev.situ.store;

/// A function from the record that a key has to the one that it gets, for [StoreWorker#update].
///
/// It is called by the worker that runs the update, inside its epoch, and again each time another worker was
/// faster; so it must not change anything that it does not itself set anew in the next call. It holds no lock
/// while it runs.
@FunctionalInterface
public interface RecordUpdate {
    /// The store is left as it is.
    long KEEP = -1;
    /// The key is removed.
    long REMOVE = -2;

    /// Says what the key's record is to be.
    ///
    /// @param worker the worker that runs the update, to claim with
    /// @param record the record that the key has, unexpired, or [Record#NONE]
    /// @return a claimed record with the same key, which is consumed; [#KEEP]; [#REMOVE]; or [Record#NONE] if
    ///     the claim failed for want of memory
    long apply(StoreWorker worker, long record);
}
