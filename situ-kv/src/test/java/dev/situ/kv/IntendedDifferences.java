package dev.situ.kv;

import java.util.List;
import java.util.Locale;

/// Where Situ is meant to answer other than redis-server 7.0: all of it, so that everything else must be equal
/// byte for byte. What is dropped here from both replies is not compared.
///
/// Commands and options that are newer than 7.0 are not sent to it: `SET` with `IFEQ`, `IFNE`, `IFDEQ` or `IFDNE`,
/// `DELEX`, `DIGEST`. They are those of Redis 8.4, and [CommandsTest] tests them.
final class IntendedDifferences {
    private IntendedDifferences() {}

    /// A reply without what is meant to differ.
    static String normalised(List<String> command, String reply) {
        String name = command.isEmpty() ? "" : command.getFirst().toLowerCase(Locale.ROOT);
        String second = command.size() < 2 ? "" : command.get(1).toLowerCase(Locale.ROOT);
        boolean error = reply.startsWith("-");
        return switch (name) {
            // Connections are numbered by each server.
            case "hello" -> reply.replaceFirst("\\$2\r\nid\r\n:[0-9]+\r\n", "(id)");
            case "client" -> second.equals("id") && !error ? "(id)" : reply;
            // How many keys will expire is not counted.
            case "info" ->
                reply.replaceFirst(",expires=[0-9]+,avg_ttl=[0-9]+", "").replaceFirst("[$=][0-9]+", "(length)");
            case "command" -> error || !second.equals("docs") ? reply : arguments(reply);
            // The two servers do not run at the same moment.
            case "ttl", "pttl" -> reply.replaceFirst("^:[1-9][0-9]*", "(time)");
            case "expiretime" -> isComparable(reply, ":4102444800\r\n") ? reply : "(time)";
            case "pexpiretime" -> isComparable(reply, ":4102444800000\r\n") ? reply : "(time)";
            default -> reply;
        };
    }

    /// A time that commands gave as such. Those from now on differ a little, and those beyond the year 10000 are cut.
    private static boolean isComparable(String reply, String given) {
        return !reply.matches(":[1-9][0-9]*\r\n") || reply.length() < 9 || reply.equals(given);
    }

    /// `COMMAND DOCS` does not describe arguments.
    private static String arguments(String reply) {
        return reply.length() <= 4 ? reply : "(docs)";
    }
}
