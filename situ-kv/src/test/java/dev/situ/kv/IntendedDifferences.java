package dev.situ.kv;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Where Situ is meant to answer other than redis-server 7.0: all of it, so that everything else must be equal
/// byte for byte. What is dropped here from both replies is not compared.
///
/// One difference comes up only when memory is full: what changes a part of a value or its expiry needs memory for
/// a copy, so that `EXPIRE` and its kind, `PERSIST`, `GETEX` and `RENAME` may answer `OOM` where Redis would not.
///
/// Another comes up only for who watches a key that is absent: if that is created with a time that is over, it was
/// never there, and does not count as changed. And in a transaction of which memory is full, only what may need
/// some is refused, where Redis refuses every command, and `EXEC` too.
///
/// Messages, too, differ in two things: one that a client has caused itself comes behind the replies of its burst,
/// not before the reply; and clients that track are told to forget everything when databases are swapped. A client
/// that reads a key whose time is over is told of that even if it was its first read, for the read is noted before
/// it.
///
/// And a `BITFIELD` whose operations all overflow makes its key, or its value longer, though nothing was written: as
/// in Redis, but who watches the key is told here and not there. [#isLeftOut] keeps it out.
///
/// Commands and options that are newer than 7.0 are not sent to it: `SET` with `IFEQ`, `IFNE`, `IFDEQ` or `IFDNE`,
/// `DELEX`, `DIGEST`, `MSETEX`. They are those of Redis 8.4, and [CommandsTest] tests them.
final class IntendedDifferences {
    private IntendedDifferences() {}

    /// Whether a command is not sent, for a later `EXEC` might differ; or for it needs more memory than this server
    /// has and that one takes, and so would all that follows.
    ///
    /// @param isWatching whether keys are watched
    static boolean isLeftOut(List<String> command, boolean isWatching) {
        boolean writesFields = command.getFirst().equalsIgnoreCase("bitfield");
        boolean writesBits = writesFields || command.getFirst().equalsIgnoreCase("setbit");
        return (isWatching && writesFields && command.stream().anyMatch("fail"::equalsIgnoreCase))
                || (writesBits && command.stream().anyMatch(IntendedDifferences::isFarBit));
    }

    /// Whether it is the offset of a bit that the server's memory does not reach, and a string of Redis does.
    private static boolean isFarBit(String argument) {
        return argument.matches("[0-9]{9,10}") && Long.parseLong(argument) >= 8 * (Server.MEMORY / 4);
    }

    /// A reply without what is meant to differ; one to `EXEC` without that of the commands that were queued.
    static String normalised(List<String> command, List<List<String>> queued, String reply) {
        if (!command.getFirst().equalsIgnoreCase("exec") || !reply.startsWith("*") || reply.startsWith("*-1")) {
            return normalised(command, reply);
        }
        StringBuilder all = new StringBuilder(reply.substring(0, reply.indexOf('\n') + 1));
        List<String> parts = parts(reply);
        for (int i = 0; i < parts.size(); i++) {
            all.append(i < queued.size() ? normalised(queued.get(i), parts.get(i)) : parts.get(i));
        }
        return all.toString();
    }

    static String normalised(List<String> command, String reply) {
        String name = command.isEmpty() ? "" : command.getFirst().toLowerCase(Locale.ROOT);
        String second = command.size() < 2 ? "" : command.get(1).toLowerCase(Locale.ROOT);
        boolean error = reply.startsWith("-");
        return switch (name) {
            // Connections are numbered by each server.
            case "hello" -> reply.replaceFirst("\\$2\r\nid\r\n:[0-9]+\r\n", "(id)");
            case "client" -> second.equals("id") && !error ? "(id)" : reply;
            case "acl" -> accessList(second, reply, error);
            // There are no functions, no modules, and fewer of what people have to be helped with.
            case "debug" -> second.equals("help") && !error ? "(help)" : reply;
            // How many keys will expire is not counted.
            case "info" ->
                reply.replaceAll(",expires=[0-9]+,avg_ttl=[0-9]+", "").replaceFirst("[$=][0-9]+", "(length)");
            case "command" -> error || !second.equals("docs") ? reply : documentation(reply);
            // The two servers do not run at the same moment.
            // A very long option is not sent back whole.
            case "expire", "pexpire", "expireat", "pexpireat" -> reply.substring(0, Math.min(reply.length(), 2000));
            // Each server has its own order.
            case "keys" -> sorted(reply);
            case "scan" -> error ? reply : sorted(reply);
            case "randomkey" -> reply.length() > 5 ? "(key)" : reply;
            // Redis keeps a value as the commands that made it left it; here it is told by the value.
            case "object" ->
                error || second.equals("help") || !reply.matches("(?s)[$:][0-9].*") ? reply : "(" + second + ")";
            // Redis compresses values of more than 20 bytes. [DumpTest] compares what is in them.
            case "dump" -> reply.length() > 39 || reply.contains("\r\n\0\u00c3") ? "(dump)" : reply;
            case "ttl", "pttl" -> reply.replaceFirst("^:[1-9][0-9]*", "(time)");
            case "expiretime" -> isComparable(reply, ":4102444800\r\n") ? reply : "(time)";
            case "pexpiretime" -> isComparable(reply, ":4102444800000\r\n") ? reply : "(time)";
            default -> reply;
        };
    }

    /// Of the log, when it was and what the client is called differ. A random password is one of its length.
    /// Single commands of rules come in the order of a hash table of Redis.
    private static String accessList(String subcommand, String reply, boolean error) {
        return switch (subcommand) {
            case "log" ->
                reply.replaceAll("[$][0-9]+\r\nid=[0-9]+ [^\r]* user=", "(client)=")
                        .replaceAll(" redir=-1 resp=[23][^\r]*\r\n", "")
                        .replaceAll("(age-seconds\r\n)([$][0-9]+\r\n|,)[0-9.e-]+\r\n", "$1(age)");
            case "getuser", "list" ->
                Pattern.compile("( [+-][a-z][^ )\r]*)+").matcher(reply).replaceAll(run -> sortedWords(run.group()));
            case "genpass" -> error ? reply : reply.replaceFirst("\r\n[0-9a-f]+\r\n", "");
            default -> reply;
        };
    }

    private static String sortedWords(String words) {
        List<String> all = new ArrayList<>(List.of(words.split(" ", -1)));
        Collections.sort(all);
        return String.join(" ", all);
    }

    /// A time that commands gave as such. Those from now on differ a little, and those beyond the year 10000 are
    /// cut.
    private static boolean isComparable(String reply, String given) {
        return !reply.matches(":[1-9][0-9]*\r\n") || reply.length() < 9 || reply.equals(given);
    }

    /// The parts of a reply of bulk strings, in order.
    private static String sorted(String reply) {
        List<String> parts = parts(reply);
        parts.replaceAll(part -> part.startsWith("*") ? sorted(part) : part);
        Collections.sort(parts);
        return reply.substring(0, reply.indexOf('\n') + 1) + String.join("", parts);
    }

    /// The elements of an array or a map, each as it came.
    static List<String> parts(String reply) {
        List<String> parts = new ArrayList<>();
        ReplyFrames frames = new ReplyFrames();
        byte[] bytes = reply.substring(reply.indexOf('\n') + 1).getBytes(StandardCharsets.ISO_8859_1);
        frames.add(bytes, bytes.length);
        for (Optional<String> part = frames.next(); part.isPresent(); part = frames.next()) {
            parts.add(part.get());
        }
        return parts;
    }

    /// `SET` has the conditions of Redis 8.4 besides those of 7.0.
    static boolean hasNewerArguments(String command) {
        return command.equals("set");
    }

    /// `COMMAND DOCS` has our own words, and no history. [ServerCommandsDifferentialTest] compares the arguments.
    private static String documentation(String reply) {
        return reply.length() <= 4 ? reply : "(docs)";
    }
}
