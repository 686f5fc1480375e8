package dev.situ.r2p2;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The sessions of one queue, found by address and id, bounded in number.
///
/// A session must stay until the id that opened it opens nothing any more ([SessionCookies]): it must not be
/// opened a second time by a late packet. After that the one that was not heard of for the longest time makes room
/// for a new one. Confined to one thread.
final class ServerSessions {
    private final int capacity;
    private final int credit;
    private final long protectedNanos;
    private final LongIndex index;
    private final List<ServerSession> all = new ArrayList<>();
    private final List<ServerSession> free = new ArrayList<>();
    /// In the order in which they were last heard of.
    private final LinkedNodes<ServerSession> open = new LinkedNodes<>();

    private int size;

    /// @param protectedNanos how long a session stays in any case
    ServerSessions(int capacity, int credit, long protectedNanos, long secret) {
        this.capacity = capacity;
        this.credit = credit;
        this.protectedNanos = protectedNanos;
        index = new LongIndex(capacity, secret);
    }

    int size() {
        return size;
    }

    /// Session number `slot`, which must have been made.
    ServerSession get(int slot) {
        return all.get(slot);
    }

    /// The session that was not heard of for the longest time.
    @Nullable
    ServerSession oldest() {
        return open.first();
    }

    @Nullable
    ServerSession find(long peer, int id) {
        ServerSession last = open.last();
        if (last != null && last.id == id && last.peer == peer) {
            return last;
        }
        int slot = index.get(key(peer, id));
        if (slot == LongIndex.NONE) {
            return null;
        }
        ServerSession found = all.get(slot);
        return found.id == id && found.peer == peer ? found : null;
    }

    /// Whether there is no room for one more, unless [#evictable] is ended.
    boolean isFull() {
        return size == capacity;
    }

    /// The session that may make room for a new one, if any may.
    @Nullable
    ServerSession evictable(long now) {
        ServerSession candidate = open.first();
        return candidate != null && mayEnd(candidate, now) ? candidate : null;
    }

    /// Whether the id of the session opens nothing any more.
    boolean mayEnd(ServerSession session, long now) {
        return now - session.createdAt > protectedNanos;
    }

    /// Starts a session, if none has its key; there must be room.
    @Nullable
    ServerSession start(long peer, int id, int firstRid, long now) {
        long key = key(peer, id);
        if (index.get(key) != LongIndex.NONE) {
            return null; // another address and id that share a key: as rare as a guessed id
        }
        ServerSession session;
        if (free.isEmpty()) {
            session = new ServerSession(all.size(), credit);
            all.add(session);
        } else {
            session = free.removeLast();
        }
        session.start(peer, id, key, firstRid, now);
        index.put(key, session.slot);
        open.add(session);
        size++;
        return session;
    }

    /// Forgets a session that holds nothing.
    void end(ServerSession session) {
        index.remove(session.key);
        LinkedNodes.remove(session);
        free.addLast(session);
        size--;
    }

    /// Notes that the session was heard of.
    void heard(ServerSession session, long now) {
        session.heardAt = now;
        if (session != open.last()) {
            LinkedNodes.remove(session);
            open.add(session);
        }
    }

    /// Takes it that every session was heard of so much later.
    void forgive(long nanos) {
        for (ServerSession session = open.first(); session != null; session = session.after()) {
            session.heardAt += nanos;
        }
    }

    private static long key(long peer, int id) {
        return peer << Short.SIZE ^ id * 0x9E3779B97F4A7C15L;
    }
}
