package dev.situ.kv;

import dev.situ.kv.tracking.TrackingMode;
import java.util.Locale;

/// The line by which `CLIENT LIST` and `CLIENT INFO` describe a connection, with the fields of Redis 7.0 and the
/// library's name and version of 7.2. What Situ does not have is 0. Read from other threads: each figure may be a
/// moment old.
final class ClientLine {
    private ClientLine() {}

    /// What kind of client it is, as `CLIENT LIST TYPE` names it.
    static String type(Session session) {
        return session.isPubsub() ? "pubsub" : "normal";
    }

    /// The bytes that a session holds for its client.
    static long bytes(Session session) {
        return waiting(session) + session.transaction().visibleBytes();
    }

    private static long waiting(Session session) {
        Peer peer = session.peer();
        Mailbox mailbox = session.mailbox();
        return (peer == null ? 0 : peer.pendingBytes()) + (mailbox == null ? 0 : mailbox.bytes());
    }

    static String of(Session session) {
        Peer peer = session.peer();
        long waiting = waiting(session);
        StringBuilder line = new StringBuilder();
        add(line, "id", session.id());
        add(line, "addr", peer == null ? "" : peer.address());
        add(line, "laddr", peer == null ? "" : peer.localAddress());
        add(line, "fd", peer == null ? -1 : peer.fileDescriptor());
        add(line, "name", session.name());
        add(line, "age", session.ageSeconds());
        add(line, "idle", session.idleSeconds());
        add(line, "flags", flags(session));
        add(line, "db", session.database());
        add(line, "sub", session.subscriptions().channelCount());
        add(line, "psub", session.subscriptions().patternCount());
        add(line, "ssub", 0);
        add(line, "multi", session.transaction().visibleSize());
        add(line, "qbuf", 0);
        add(line, "qbuf-free", 0);
        add(line, "argv-mem", 0);
        add(line, "multi-mem", session.transaction().visibleBytes());
        add(line, "rbs", 0);
        add(line, "rbp", 0);
        add(line, "obl", 0);
        add(line, "oll", 0);
        add(line, "omem", waiting);
        add(line, "tot-mem", bytes(session));
        add(line, "events", waiting > 0 ? "rw" : "r");
        add(line, "cmd", command(session));
        add(line, "user", session.account().user().name());
        TrackingMode tracking = session.tracking();
        add(line, "redir", tracking == null ? -1 : tracking.redirect());
        add(line, "resp", session.protocol());
        add(line, "lib-name", session.libraryName());
        add(line, "lib-ver", session.libraryVersion());
        line.setCharAt(line.length() - 1, '\n');
        return line.toString();
    }

    private static String command(Session session) {
        CommandSpec last = session.lastCommand();
        return last == null ? "NULL" : last.fullName.toLowerCase(Locale.ROOT);
    }

    private static String flags(Session session) {
        StringBuilder flags = new StringBuilder();
        addIf(flags, session.isMonitor(), 'O');
        addIf(flags, session.isPubsub(), 'P');
        addIf(flags, session.transaction().visibleSize() >= 0, 'x');
        addIf(flags, session.isHeld(), 'b');
        TrackingMode tracking = session.tracking();
        addIf(flags, tracking != null, 't');
        addIf(flags, session.isRedirectionBroken(), 'R');
        addIf(flags, tracking != null && tracking.broadcasts(), 'B');
        addIf(flags, session.peer() != null && session.peer().isLocalSocket(), 'U');
        addIf(flags, session.isNeverEvicted(), 'e');
        addIf(flags, session.isNeverTouching(), 'T');
        return flags.isEmpty() ? "N" : flags.toString();
    }

    private static void addIf(StringBuilder flags, boolean has, char flag) {
        if (has) {
            flags.append(flag);
        }
    }

    private static void add(StringBuilder line, String name, long value) {
        add(line, name, Long.toString(value));
    }

    private static void add(StringBuilder line, String name, String value) {
        line.append(name).append('=').append(value).append(' ');
    }
}
