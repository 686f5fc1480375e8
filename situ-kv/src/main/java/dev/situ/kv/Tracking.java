package dev.situ.kv;

import dev.situ.kv.tracking.TrackingMode;
import dev.situ.kv.tracking.TrackingPrefixes;
import dev.situ.kv.tracking.TrackingTable;
import dev.situ.resp.Command;
import java.lang.invoke.VarHandle;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Clients that keep values themselves, and are told when these change: `CLIENT TRACKING`.
///
/// ```
///   reader                                   writer, or who removes an expired or evicted key
///   R1  remembers that it reads the key      W1  changes the key in the store
///   R2  reads the key                        W2  takes from the table who has read it
///   R3  the reply goes out                   W3  posts to their mailboxes
///   R4  its mailbox, behind the reply
/// ```
///
/// **Nothing is lost.** Redis is one thread, and there a read and its note are one step. Here the note comes
/// before the read. If W2 finds the note, the reader is told; and as its own thread delivers, between bursts, it
/// hears of it behind the reply to that read, old or new, and never before it. If W2 does not find the note, R1
/// comes behind W2 and so behind W1, and the read gives the new value or a later one. So a client is told at least
/// once since its last read of what has changed since, and sometimes of what it has read already.
///
/// The same holds for a client that turns tracking on, or a prefix, and then reads; that writers look only
/// at [KeyChanges#areWanted] first changes nothing, for that is set, with a full fence, before the command ends
/// that turns it on.
///
/// **The table is bounded** in keys, as in Redis, and in bytes, as it lies on the heap: what is too much is taken
/// from it and told, as if it had changed. The name of a very long key is not put on the heap at all: its reader
/// is told, behind the reply, to forget everything.
///
/// Safe for all threads. Nobody waits.
final class Tracking {
    static final long USUAL_MOST_KEYS = 1_000_000;
    /// Longer keys are not remembered.
    static final int MOST_KEY_BYTES = 64 * 1024;

    private static final int SHARE_OF_HEAP = 8;

    private final Clients clients;
    private final TrackingTable table;
    private final TrackingPrefixes<Session> prefixes = new TrackingPrefixes<>();
    private final Set<Session> sessions = ConcurrentHashMap.newKeySet();
    private final long mostBytes = Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP;
    private volatile long mostKeys = USUAL_MOST_KEYS;

    Tracking(Clients clients) {
        this.clients = clients;
        this.table = new TrackingTable(id -> clients.find(id) != null);
    }

    // ---- who ------------------------------------------------------------------------------------------------------

    /// Turns tracking on for a connection, or changes how; prefixes that it has already stay. On its own thread.
    void begin(Session session, TrackingMode mode) {
        session.track(mode);
        sessions.add(session);
        mode.prefixes().forEach(prefix -> prefixes.add(prefix, session));
    }

    /// Turns tracking off, if it is on. What was remembered stays until it changes, and is told to nobody then. On
    /// the connection's own thread, or when that has ended.
    void end(Session session) {
        TrackingMode mode = session.tracking();
        if (mode != null) {
            mode.prefixes().forEach(prefix -> prefixes.remove(prefix, session));
            sessions.remove(session);
            session.track(null);
        }
    }

    boolean isUsed() {
        return !sessions.isEmpty();
    }

    // ---- what -----------------------------------------------------------------------------------------------------

    /// Remembers the keys that a command of a session is about to read. Before it reads them.
    ///
    /// @param command borrowed for the call
    void remember(Session session, CommandSpec spec, Command command) {
        TrackingMode mode = session.tracking();
        KeyRange keys = spec.keys;
        if (mode == null || keys == null || !mode.remembers(session.is(Session.CACHING_SAID))) {
            return;
        }
        int last = keys.lastIn(command);
        boolean isLong = false;
        for (int i = keys.first(); i <= last; i += keys.step()) {
            if (command.length(i) > MOST_KEY_BYTES) {
                isLong = true;
            } else {
                table.add(Text.of(command.memory(), command.offset(i), command.length(i)), session.id());
                bound(); // for each: one command may have a million keys
            }
        }
        VarHandle.fullFence(); // the reads that follow stay behind it
        if (isLong) {
            post(session, mode, null); // behind the reply, as whatever the mailbox holds
        }
    }

    /// Forgets keys while there are too many, and has the clients forget them too.
    private void bound() {
        while (isFull()) {
            String key = table.next();
            if (key == null) {
                return;
            }
            tellReaders(null, key);
        }
    }

    private boolean isFull() {
        long most = mostKeys;
        return (most > 0 && table.keys() > most) || table.bytes() > mostBytes;
    }

    /// Tells all clients that have read a key, or want to know of it, that it has changed. Behind the change.
    ///
    /// @param from who has changed it; null: nobody
    void changed(@Nullable Session from, String key) {
        prefixes.receivers(key, session -> tell(from, session, key));
        tellReaders(from, key);
    }

    private void tellReaders(@Nullable Session from, String key) {
        for (long id : table.take(key)) {
            Session session = clients.find(id);
            TrackingMode mode = session == null ? null : session.tracking();
            if (session != null && mode != null && !mode.broadcasts()) {
                tell(from, session, key);
            }
        }
    }

    private void tell(@Nullable Session from, Session session, String key) {
        TrackingMode mode = session.tracking();
        if (mode != null && !(mode.noLoop() && session == from)) {
            post(session, mode, key);
        }
    }

    /// Tells all clients that track that every key has changed. Behind the change.
    void flushed() {
        table.clear(); // first: who reads from here on is remembered again, who has read is told below
        for (Session session : sessions) {
            TrackingMode mode = session.tracking();
            if (mode != null) {
                post(session, mode, null);
            }
        }
    }

    private void post(Session session, TrackingMode mode, @Nullable String key) {
        boolean isRedirected = mode.redirect() != 0;
        Session receiver = isRedirected ? clients.find(mode.redirect()) : session;
        if (receiver == null) {
            session.setRedirectionBroken();
            session.postBesideReplies(new BrokenRedirection(mode.redirect()));
        } else if (receiver.protocol() == 3 || (isRedirected && receiver.isPubsub())) {
            receiver.postBesideReplies(new InvalidationMessage(key, isRedirected));
        }
    }

    // ---- figures --------------------------------------------------------------------------------------------------

    /// How many keys are remembered at most; 0: there is no bound.
    long mostKeys() {
        return mostKeys;
    }

    void setMostKeys(long keys) {
        mostKeys = keys;
    }

    int clients() {
        return sessions.size();
    }

    long keys() {
        return table.keys();
    }

    long items() {
        return table.items();
    }

    int prefixes() {
        return prefixes.size();
    }
}
