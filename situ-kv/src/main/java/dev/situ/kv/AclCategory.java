package dev.situ.kv;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The categories by which access is granted, with Redis's names and in Redis's order: also those that no command
/// here is in, because rules that are written for Redis name them.
enum AclCategory {
    KEYSPACE,
    READ,
    WRITE,
    SET,
    SORTEDSET,
    LIST,
    HASH,
    STRING,
    BITMAP,
    HYPERLOGLOG,
    GEO,
    STREAM,
    PUBSUB,
    ADMIN,
    FAST,
    SLOW,
    BLOCKING,
    DANGEROUS,
    CONNECTION,
    TRANSACTION,
    SCRIPTING;

    /// The category of that name, in any case and without the `@`, or null.
    static @Nullable AclCategory of(String name) {
        for (AclCategory category : values()) {
            if (category.name().equalsIgnoreCase(name)) {
                return category;
            }
        }
        return null;
    }

    /// The name without the `@`.
    String plainName() {
        return name().toLowerCase(Locale.ROOT);
    }

    String text() {
        return "@" + plainName();
    }
}
