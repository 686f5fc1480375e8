package dev.situ.kv;

import java.util.Locale;

/// What a command is like, with Redis's names and in the order in which `COMMAND INFO` tells them.
enum CommandFlag {
    WRITE,
    READONLY,
    /// Refused when memory is full.
    DENYOOM,
    ADMIN,
    PUBSUB,
    NOSCRIPT,
    LOADING,
    STALE,
    SKIP_MONITOR,
    SKIP_SLOWLOG,
    FAST,
    /// Allowed before the client has authenticated.
    NO_AUTH,
    /// Refused within a transaction.
    NO_MULTI,
    ALLOW_BUSY,
    /// Where its keys are depends on its arguments.
    MOVABLEKEYS;

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
