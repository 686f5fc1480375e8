package dev.situ.kv;

/// Channels that may be published and subscribed to: `&pattern`. Immutable, for all threads.
///
/// @param pattern of one char for each byte
record ChannelPattern(String pattern, Glob glob) {
    ChannelPattern(String pattern) {
        this(pattern, new Glob(pattern));
    }

    /// Says whether it allows a channel, or a pattern of channels, which must be this one letter for letter.
    boolean allows(String name, boolean isPattern) {
        return isPattern ? pattern.equals(name) : glob.matches(name);
    }

    /// The rule that makes it.
    String rule() {
        return "&" + pattern;
    }
}
