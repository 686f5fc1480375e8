package dev.situ.kv;

import java.util.Iterator;
import java.util.Locale;

/// The last commands and passwords that were refused: `ACL LOG`. What is alike within a minute is one entry that
/// is counted. Safe for all threads.
final class AclLog extends NewestEntries<AclLog.Entry> {
    private static final long ALIKE_MILLIS = 60_000;
    /// Only among so many of the newest entries one that is alike is looked for.
    private static final int MOST_LOOKED_AT = 10;

    /// What was refused.
    ///
    /// @param context `toplevel` or `multi`
    /// @param object the command, the key or the channel
    /// @param username who wanted to be or was the user
    /// @param millis of the wall clock, of the last time
    /// @param client the line of `CLIENT LIST` of who did it last
    record Entry(
            long count,
            Denied.Reason reason,
            String context,
            String object,
            String username,
            long millis,
            String client) {
        private boolean isLike(Entry other) {
            return reason == other.reason
                    && context.equals(other.context)
                    && object.equals(other.object)
                    && username.equals(other.username)
                    && Math.abs(millis - other.millis) <= ALIKE_MILLIS;
        }

        /// The reason as the log tells it.
        String reasonText() {
            return reason.name().toLowerCase(Locale.ROOT);
        }
    }

    AclLog() {}

    /// Notes what a session was refused just now.
    ///
    /// @param inTransaction whether it is queueing, or what it has queued is being run
    /// @param object cut, as it is kept: see [Excerpt]
    /// @param username likewise
    synchronized void add(
            Denied.Reason reason, boolean inTransaction, String object, String username, Session session) {
        String context = inTransaction ? "multi" : "toplevel";
        String client = Excerpt.ofLine(ClientLine.of(session).stripTrailing());
        Entry entry = new Entry(1, reason, context, object, username, System.currentTimeMillis(), client);
        add(merged(entry));
    }

    /// The entry with the count of one that is alike, which is taken out.
    private Entry merged(Entry entry) {
        Iterator<Entry> newest = newestFirst.iterator();
        for (int i = 0; i < MOST_LOOKED_AT && newest.hasNext(); i++) {
            Entry known = newest.next();
            if (known.isLike(entry)) {
                newest.remove();
                return new Entry(
                        known.count + 1,
                        entry.reason,
                        entry.context,
                        entry.object,
                        entry.username,
                        entry.millis,
                        entry.client);
            }
        }
        return entry;
    }
}
