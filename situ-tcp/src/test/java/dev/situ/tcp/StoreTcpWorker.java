package dev.situ.tcp;

import dev.situ.kv.CommandStream;
import dev.situ.kv.Executor;
import dev.situ.kv.Keyspace;
import dev.situ.kv.Peer;
import dev.situ.store.StoreWorker;

/// A loop's worker on a real store.
final class StoreTcpWorker implements TcpWorker {
    private final StoreWorker store;
    private final Keyspace keyspace;
    private final Executor executor;

    StoreTcpWorker(StoreWorker store, Keyspace keyspace) {
        this.store = store;
        this.keyspace = keyspace;
        this.executor = new Executor(keyspace, store);
    }

    @Override
    public void enter() {
        store.enter();
    }

    @Override
    public void exit() {
        store.exit();
    }

    @Override
    public void pin(long record) {
        store.pin(record);
    }

    @Override
    public void unpin(long record) {
        store.unpin(record);
    }

    @Override
    public void trim() {
        store.trim();
    }

    @Override
    public void countClosedByLimit() {
        keyspace.outputBounds().countClosed();
    }

    @Override
    public CommandStream connect(Peer peer) {
        return new CommandStream(executor, keyspace.newSession(peer));
    }

    @Override
    public void close() {
        store.close();
    }
}
