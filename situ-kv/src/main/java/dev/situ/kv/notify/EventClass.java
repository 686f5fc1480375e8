package dev.situ.kv.notify;

/// The characters of `notify-keyspace-events`: which events are told, and on which channels. In the order in which
/// Redis writes them.
public enum EventClass {
    /// Events of keys whatever their values: `del`, `expire`, `rename_from`.
    GENERIC('g'),
    /// Events of strings: `set`, `incrby`, `append`.
    STRING('$'),
    /// Events of lists: none happens here, as of all types but strings.
    LIST('l'),
    /// Events of sets.
    SET('s'),
    /// Events of hashes.
    HASH('h'),
    /// Events of sorted sets.
    SORTED_SET('z'),
    /// `expired`.
    EXPIRED('x'),
    /// `evicted`.
    EVICTED('e'),
    /// Events of streams.
    STREAM('t'),
    /// Events of modules.
    MODULE('d'),
    /// `new`: a key that was not there. Not one of `A`.
    NEW('n'),
    /// The channels that are named by keys.
    BY_KEY('K'),
    /// The channels that are named by events.
    BY_EVENT('E'),
    /// `keymiss`: a key that a reader did not find. Not one of `A`.
    MISS('m');

    private final char letter;

    EventClass(char letter) {
        this.letter = letter;
    }

    /// How redis.conf writes it.
    public char letter() {
        return letter;
    }
}
