package dev.situ.kv.notify;

import java.util.Locale;

/// What can happen to a key, by the name that Redis 7.0 has for it.
public enum KeyEvent {
    /// Its value was set.
    SET(EventClass.STRING),
    /// A number was added to it.
    INCRBY(EventClass.STRING),
    /// A fraction was added to it.
    INCRBYFLOAT(EventClass.STRING),
    /// Something was put behind its value.
    APPEND(EventClass.STRING),
    /// A part of its value was set.
    SETRANGE(EventClass.STRING),
    /// Bits of its value were set.
    SETBIT(EventClass.STRING),
    /// It was deleted.
    DEL(EventClass.GENERIC),
    /// It was told when to expire.
    EXPIRE(EventClass.GENERIC),
    /// It was told not to expire.
    PERSIST(EventClass.GENERIC),
    /// It came from what `DUMP` gave.
    RESTORE(EventClass.GENERIC),
    /// Its value went to another name.
    RENAME_FROM(EventClass.GENERIC),
    /// Its value came from another name.
    RENAME_TO(EventClass.GENERIC),
    /// Its value was copied from another key.
    COPY_TO(EventClass.GENERIC),
    /// It went to another database.
    MOVE_FROM(EventClass.GENERIC),
    /// It came from another database.
    MOVE_TO(EventClass.GENERIC),
    /// Its time was over, and it was removed.
    EXPIRED(EventClass.EXPIRED),
    /// It was removed for want of memory.
    EVICTED(EventClass.EVICTED),
    /// It came where none was.
    NEW(EventClass.NEW),
    /// A reader did not find it.
    KEYMISS(EventClass.MISS);

    private final EventClass eventClass;
    private final String word = name().toLowerCase(Locale.ROOT);

    KeyEvent(EventClass eventClass) {
        this.eventClass = eventClass;
    }

    /// By which letter it is asked for.
    public EventClass eventClass() {
        return eventClass;
    }

    /// The name that messages have for it.
    public String word() {
        return word;
    }
}
