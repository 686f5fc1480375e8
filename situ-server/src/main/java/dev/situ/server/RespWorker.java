package dev.situ.server;

import dev.situ.kv.CommandStream;
import dev.situ.kv.Executor;
import dev.situ.kv.Keyspace;
import dev.situ.kv.Peer;
import dev.situ.memory.Consumes;
import dev.situ.store.StoreWorker;
import dev.situ.tcp.TcpWorker;

/// What one event loop of `situ-tcp` works with: a worker of the store and an executor of commands. Confined to the
/// loop.
final class RespWorker implements TcpWorker {
    private final Keyspace keyspace;
    private final StoreWorker store;
    private final Executor executor;

    /// @param store consumed: closed with this
    RespWorker(@Consumes StoreWorker store, Keyspace keyspace) {
        this.store = store;
        this.keyspace = keyspace;
        executor = new Executor(keyspace, store);
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
