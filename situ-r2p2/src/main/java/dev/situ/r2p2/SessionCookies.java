package dev.situ.r2p2;

/// The ids of sessions, as a keyed hash of what they are bound to: so the server keeps nothing for who has only
/// asked for one.
///
/// ```
///   id = low half of hash(key, client's address and port, first rid, period of time)
/// ```
///
/// An id opens a session only from the address that it was given to (so its bearer receives there what is sent),
/// only with the first rid that was asked with, and only in the period in which it was given or the next. The server
/// remembers each session that was opened for longer than that ([#validNanos]): so a session is opened once, however
/// often its first packets arrive. After a restart the key is another one. Confined to one thread.
final class SessionCookies {
    private final SipHash hash;
    private final int periodShift;

    /// @param periodShift a period is two to this power nanoseconds
    SessionCookies(SipHash hash, int periodShift) {
        this.hash = hash;
        this.periodShift = periodShift;
    }

    /// How long an id opens a session at most.
    long validNanos() {
        return 2L << periodShift;
    }

    /// The id for a client that asks now.
    int give(long peer, int firstRid, long now) {
        return of(peer, firstRid, now >> periodShift);
    }

    /// Whether the id opens a session now.
    boolean opens(int session, long peer, int firstRid, long now) {
        long period = now >> periodShift;
        return session == of(peer, firstRid, period) || session == of(peer, firstRid, period - 1);
    }

    private int of(long peer, int firstRid, long period) {
        return (int) hash.hash(peer, (long) firstRid << Integer.SIZE | (period & 0xFFFF_FFFFL));
    }
}
