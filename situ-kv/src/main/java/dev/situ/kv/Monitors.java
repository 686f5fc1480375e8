package dev.situ.kv;

import dev.situ.resp.Command;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The connections that have said `MONITOR`: each gets a line for each command that is run, by whomever. Safe for
/// all threads. While there is none, [Attention#MONITORED] is not set, and nobody comes here.
final class Monitors {
    private static final String PLAIN = " !#$%&'()*+,-./:;<=>?@[]^_`{|}~";

    /// A line, in a form that is the same in both protocols.
    private static final class Line implements Push {
        private final byte[] text;

        Line(String text) {
            this.text = Text.bytes(text);
        }

        @Override
        public void write(Reply reply, Session receiver) {
            if (receiver.isMonitor()) {
                reply.raw(text);
            }
        }

        @Override
        public int bytes() {
            return text.length;
        }
    }

    private final Attention attention;
    private final Set<Session> sessions = ConcurrentHashMap.newKeySet();

    Monitors(Attention attention) {
        this.attention = attention;
    }

    synchronized void add(Session session) {
        session.setMonitor(true);
        sessions.add(session);
        attention.set(Attention.MONITORED, true);
    }

    synchronized void remove(Session session) {
        session.setMonitor(false);
        sessions.remove(session);
        attention.set(Attention.MONITORED, !sessions.isEmpty());
    }

    int count() {
        return sessions.size();
    }

    /// Tells all of a command that was run.
    ///
    /// @param command borrowed for the call
    void tell(Session from, Command command, CommandSpec spec) {
        Push line = new Line(line(from, command, spec));
        for (Session session : sessions) {
            session.post(line);
        }
    }

    private static String line(Session from, Command command, CommandSpec spec) {
        long micros = Timekeeping.micros();
        StringBuilder line = new StringBuilder();
        line.append(
                String.format(Locale.ROOT, "+%d.%06d [%d ", micros / 1_000_000, micros % 1_000_000, from.database()));
        Peer peer = from.peer();
        if (peer == null) {
            line.append("r2p2");
        } else {
            line.append(peer.isLocalSocket() ? "unix:" + peer.address().replaceFirst(":0\\z", "") : peer.address());
        }
        line.append(']');
        for (int i = 0; i < command.count(); i++) {
            line.append(' ');
            if (spec.isSecret(command, i)) {
                quote(line, CommandSpec.REDACTED);
            } else if (command.isExternal(i)) {
                quote(line, Excerpt.of(command, i));
            } else {
                quote(line, Text.of(command.memory(), command.offset(i), command.length(i)));
            }
        }
        return line.append("\r\n").toString();
    }

    /// As C's and Redis's `sdscatrepr` show it.
    private static void quote(StringBuilder line, String text) {
        line.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\\', '"' -> line.append('\\').append(c);
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                case 7 -> line.append("\\a");
                case '\b' -> line.append("\\b");
                default -> {
                    if (c < 128 && (Character.isLetterOrDigit(c) || PLAIN.indexOf(c) >= 0)) {
                        line.append(c);
                    } else {
                        line.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
                    }
                }
            }
        }
        line.append('"');
    }
}
