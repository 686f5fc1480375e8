package dev.situ.server;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The commands that change the connection they come over, or are answered over it later: of no use where
/// every request stands alone.
final class ConnectionCommands {
    private static final String CLIENT = "CLIENT";

    private static final Set<String> NAMES = Set.of(
            "MULTI",
            "EXEC",
            "DISCARD",
            "WATCH",
            "UNWATCH",
            "SELECT",
            "AUTH",
            "HELLO",
            "RESET",
            "SUBSCRIBE",
            "PSUBSCRIBE",
            "SSUBSCRIBE",
            "UNSUBSCRIBE",
            "PUNSUBSCRIBE",
            "SUNSUBSCRIBE",
            "MONITOR");

    private static final Set<String> OF_CLIENT =
            Set.of("SETNAME", "SETINFO", "NO-EVICT", "NO-TOUCH", "REPLY", "TRACKING", "CACHING");

    private ConnectionCommands() {}

    /// Says whether a command, its name first, is one of them.
    static boolean contain(List<byte[]> words) {
        String name = upperCase(words.getFirst());
        return NAMES.contains(name)
                || (name.equals(CLIENT) && words.size() > 1 && OF_CLIENT.contains(upperCase(words.get(1))));
    }

    /// What one of them is called in a message: `SELECT`, `CLIENT SETNAME`.
    static String name(List<byte[]> words) {
        String name = upperCase(words.getFirst());
        return name.equals(CLIENT) ? name + " " + upperCase(words.get(1)) : name;
    }

    private static String upperCase(byte[] word) {
        return new String(word, StandardCharsets.ISO_8859_1).toUpperCase(Locale.ROOT);
    }
}
