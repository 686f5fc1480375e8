package dev.situ.kv;

import dev.situ.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// What all executors of a server share: the store, the commands, the server around them. Safe for all threads.
public final class Keyspace {
    /// The version of Redis whose behaviour this is, for clients that ask.
    public static final String REDIS_VERSION = "7.0.15";

    private final Store store;
    private final ServerInfo info;
    private final SlotOwner slotOwner;
    private final CommandTable commands = CommandTable.standard();
    private final AtomicLong sessions = new AtomicLong();
    private final List<Executor> executors = new ArrayList<>();

    /// Makes the keyspace of a node that serves every key.
    ///
    /// @param store borrowed; closed by its owner after the last executor
    public Keyspace(Store store, ServerInfo info) {
        this(store, info, SlotOwner.EVERY_KEY);
    }

    /// Makes the keyspace of a node that serves the keys that `slotOwner` says.
    public Keyspace(Store store, ServerInfo info, SlotOwner slotOwner) {
        this.store = store;
        this.info = info;
        this.slotOwner = slotOwner;
    }

    /// Makes the session of a new connection.
    public Session newSession() {
        return new Session(sessions.incrementAndGet());
    }

    Store store() {
        return store;
    }

    ServerInfo info() {
        return info;
    }

    SlotOwner slotOwner() {
        return slotOwner;
    }

    CommandTable commands() {
        return commands;
    }

    void register(Executor executor) {
        synchronized (executors) {
            executors.add(executor);
        }
    }

    /// What all executors have done so far.
    Counters totals() {
        Counters totals = new Counters();
        synchronized (executors) {
            for (Executor executor : executors) {
                totals.add(executor.counters());
            }
        }
        return totals;
    }
}
