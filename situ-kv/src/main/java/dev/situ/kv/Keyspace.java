package dev.situ.kv;

import dev.situ.resp.ArgumentBudget;
import dev.situ.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// What all executors of a server share: the store, the commands, the server around them. Safe for all threads.
public final class Keyspace {
    /// The version of Redis whose behaviour this is, for clients that ask.
    public static final String REDIS_VERSION = "7.0.15";

    private static final long MAX_ARGUMENT_BYTES = 32 << 20;

    private final Store store;
    private final ServerInfo info;
    private final SlotOwner slotOwner;
    private final CommandTable commands = CommandTable.standard();
    private final AtomicLong sessions = new AtomicLong();
    private final ArgumentBudget argumentBudget;
    private final Databases databases = new Databases();
    private final Absences absences = new Absences();
    private final List<Executor> executors = new ArrayList<>();

    /// Makes the keyspace of a node that serves every key.
    ///
    /// @param store borrowed; closed by its owner after the last executor
    public Keyspace(Store store, ServerInfo info) {
        this(store, info, SlotOwner.EVERY_KEY);
    }

    /// Makes the keyspace of a node that serves the keys that `slotOwner` says.
    public Keyspace(Store store, ServerInfo info, SlotOwner slotOwner) {
        this(
                store,
                info,
                slotOwner,
                Math.min(MAX_ARGUMENT_BYTES, Runtime.getRuntime().maxMemory() / 8));
    }

    /// @param argumentBytes what commands of very many arguments may take of the heap, of all connections
    ///     together
    Keyspace(Store store, ServerInfo info, SlotOwner slotOwner, long argumentBytes) {
        this.store = store;
        this.info = info;
        this.slotOwner = slotOwner;
        this.argumentBudget = new ArgumentBudget(argumentBytes);
    }

    /// Makes the session of a new connection.
    public Session newSession() {
        return new Session(sessions.incrementAndGet(), absences);
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

    Databases databases() {
        return databases;
    }

    CommandTable commands() {
        return commands;
    }

    Absences absences() {
        return absences;
    }

    ArgumentBudget argumentBudget() {
        return argumentBudget;
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
