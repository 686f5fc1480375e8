package dev.situ.kv;

import dev.situ.kv.notify.EventClass;
import dev.situ.kv.notify.EventClasses;
import dev.situ.kv.notify.KeyEvent;
import dev.situ.kv.pubsub.Channels;
import dev.situ.store.Record;
import dev.situ.store.RemovalListener;
import dev.situ.store.Store;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// What has happened to keys, for those who want to know: subscribers of `notify-keyspace-events`, and clients
/// that track.
///
/// ```
///   command   -- Call.changed ----+             +--> Tracking              the key is no longer what was read
///                                 +-> changed --+
///   the store -- RemovalListener -+             +--> Channels              __keyspace@0__:<key>   <event>
///                                                                          __keyevent@0__:<event> <key>
/// ```
///
/// Each is told behind its change, by the worker that has made it. So the events of one worker come in the order
/// of its changes; those of two workers on one key may change places.
///
/// While nobody wants anything, a change costs one load and one branch ([#areWanted]). Safe for all threads.
final class KeyChanges {
    private final Store store;
    private final Databases databases;
    private final Attention attention;
    private final Channels<Session> channels;
    private final Tracking tracking;
    private volatile EventClasses classes = EventClasses.NONE;
    private volatile boolean wanted;

    KeyChanges(Store store, Databases databases, Attention attention, Channels<Session> channels, Tracking tracking) {
        this.store = store;
        this.databases = databases;
        this.attention = attention;
        this.channels = channels;
        this.tracking = tracking;
    }

    /// Whether anybody wants to know.
    boolean areWanted() {
        return wanted;
    }

    /// Looks again who wants to know: behind each change of that.
    synchronized void look() {
        wanted = classes.tells() || tracking.isUsed();
        VarHandle.fullFence(); // who has asked to be told reads keys behind this
        attention.set(Attention.MISSES, classes.tells() && classes.has(EventClass.MISS));
    }

    /// Which events are told.
    EventClasses classes() {
        return classes;
    }

    /// Sets it. Gives null, or what is wrong with the letters.
    @Nullable
    String setClasses(String letters) {
        EventClasses read = EventClasses.of(letters);
        if (read == null) {
            return "Invalid event class character. Use 'Ag$lshzxeKEtmdn'.";
        }
        classes = read;
        look();
        return null;
    }

    /// A command has changed a key.
    ///
    /// @param database as clients number it
    void changed(Session from, int database, String key, KeyEvent event) {
        tracking.changed(from, key);
        told(database, key, event);
    }

    /// A command has stored a record under a key of its session's database.
    ///
    /// @param created whether none was there
    void stored(Session from, String key, boolean created, KeyEvent event) {
        if (created) {
            told(from.database(), key, KeyEvent.NEW);
        }
        changed(from, from.database(), key, event);
    }

    /// Something has happened to a key that changes nothing that could be read, or that is told already.
    void told(int database, String key, KeyEvent event) {
        EventClasses wantedClasses = classes;
        if (!wantedClasses.has(event.eventClass()) || channels.isEmpty()) {
            return;
        }
        if (wantedClasses.has(EventClass.BY_KEY)) {
            publish("__keyspace@" + database + "__:" + key, event.word());
        }
        if (wantedClasses.has(EventClass.BY_EVENT)) {
            publish("__keyevent@" + database + "__:" + event.word(), key);
        }
    }

    /// The store has taken a key away: a [RemovalListener].
    void removed(long record, RemovalListener.Cause cause) {
        if (!wanted) {
            return;
        }
        int length = Record.keyLength(store.memory(), record);
        String key = Text.of(store.memory(), Record.keyOffset(store.memory(), record), length);
        tracking.changed(null, key);
        int database = databases.number(Record.database(store.memory(), record));
        told(database, key, cause == RemovalListener.Cause.EXPIRED ? KeyEvent.EXPIRED : KeyEvent.EVICTED);
    }

    private void publish(String channel, String text) {
        PublishedMessage message = new PublishedMessage(channel, text);
        channels.receivers(
                channel,
                pattern -> Glob.matches(pattern, channel),
                session -> session.post(message),
                (pattern, session) -> session.post(message.of(pattern)));
    }
}
