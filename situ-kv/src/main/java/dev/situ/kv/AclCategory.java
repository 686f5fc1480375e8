package dev.situ.kv;

import java.util.Locale;

/// The categories by which access is granted, with Redis's names and in Redis's order.
enum AclCategory {
    KEYSPACE,
    READ,
    WRITE,
    STRING,
    BITMAP,
    PUBSUB,
    ADMIN,
    FAST,
    SLOW,
    DANGEROUS,
    CONNECTION,
    TRANSACTION,
    SCRIPTING;

    String text() {
        return "@" + name().toLowerCase(Locale.ROOT);
    }
}
