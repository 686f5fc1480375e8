package dev.situ.kv;

import dev.situ.store.StoreWorker;

/// What one connection has said of a transaction: the keys that it watches, and what it has queued since `MULTI`.
///
/// ```
///                 MULTI            EXEC, DISCARD
///   closed --------------> open ------------------> closed        at the end, whichever it is, the queue is
///                           | an error in queueing     ^          empty and no key is watched
///                           v                          |
///                        aborted ----------------------+
///                                  EXEC (refused), DISCARD
/// ```
///
/// Confined to the thread of its connection.
final class Transaction {
    final CommandQueue queue;
    final WatchedKeys watched;
    private boolean open;
    private boolean aborted;
    private boolean mayWrite;

    /// @param mostBytes how much may be queued
    Transaction(Absences absences, int mostBytes) {
        queue = new CommandQueue(mostBytes);
        watched = new WatchedKeys(absences);
    }

    /// Whether commands are queued, not run.
    boolean isOpen() {
        return open;
    }

    void open() {
        open = true;
        mayWrite = false;
    }

    /// A command was queued.
    void queued(CommandSpec spec) {
        mayWrite |= spec.mayWrite;
    }

    /// Whether a command that is queued may change something.
    boolean mayWrite() {
        return open && mayWrite;
    }

    /// Notes that a command could not be queued: if the transaction is open, it will not run.
    void abort() {
        aborted = open;
    }

    boolean isAborted() {
        return aborted;
    }

    /// Begins to run what is queued: commands are not queued any more, and the keys have been watched long enough.
    void beginRun(StoreWorker worker) {
        open = false;
        watched.clear(worker);
    }

    /// How many commands are queued, -1 if it is not open. Any thread: may be a moment old.
    int visibleSize() {
        return open ? queue.size() : -1;
    }

    /// The bytes that are queued. Any thread: may be a moment old.
    long visibleBytes() {
        return queue.bytes();
    }

    /// Forgets everything. On the worker's thread if a claimed record is queued, else on any.
    void end(StoreWorker worker) {
        open = false;
        aborted = false;
        queue.clear(worker);
        watched.clear(worker);
    }

    /// Forgets everything and gives all memory back. May be used again.
    void close(StoreWorker worker) {
        end(worker);
        queue.close();
        watched.close();
    }
}
