package dev.situ.kv;

import java.util.Collection;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/// All connections of the server, of all threads, in the order in which they came.
///
/// A session enters when its connection begins and leaves when it ends; commands do not come here. What others read
/// of a session is either final, or written whole by its own thread, and may be a moment old. Safe for all threads.
final class Clients {
    private final ConcurrentSkipListMap<Long, Session> byId = new ConcurrentSkipListMap<>();

    Clients() {}

    void add(Session session) {
        byId.put(session.id(), session);
    }

    void remove(Session session) {
        byId.remove(session.id());
    }

    @Nullable
    Session find(long id) {
        return byId.get(id);
    }

    /// All of them, by their numbers. Those that come and go meanwhile are there or not.
    Collection<Session> all() {
        return byId.values();
    }

    int count() {
        return byId.size();
    }

    /// The bytes that they hold for their clients.
    long bytes() {
        long bytes = 0;
        for (Session session : byId.values()) {
            bytes += ClientLine.bytes(session);
        }
        return bytes;
    }

    /// Lets all that wait for the end of a pause look again.
    void wakeAll() {
        for (Session session : byId.values()) {
            Peer peer = session.peer();
            if (peer != null && session.isHeld()) {
                peer.wake();
            }
        }
    }
}
