package dev.situ.server;

import dev.situ.kv.FileReplacement;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A configuration file in redis.conf's syntax: a parameter a line, its name and its values, in quotes where they
/// have blanks or what is not printable; `#` begins a comment at the start of a line. Values are any bytes, here
/// strings of one char for each, as commands have them.
///
/// ```
/// # keys and values
/// maxmemory 512mb
/// client-output-buffer-limit pubsub 64mb 16mb 30
/// unixsocket "/tmp/a socket"
/// requirepass "two words, \"quotes\", a line break\n and a byte \xff"
/// ```
///
/// Immutable but for the file itself, which [#rewrite] replaces.
final class ConfigFile {
    /// How the line of a user begins.
    static final String USER = "user";

    /// Those whose words stand in a line one by one, each in quotes of its own.
    private static final Set<String> LISTS = Set.of(
            USER,
            "bind",
            "client-output-buffer-limit",
            "eal",
            "latency-tracking-info-percentiles",
            "save",
            "tls-protocols");

    private static final Pattern PLAIN = Pattern.compile("[!-~&&[^\"'\\\\]]+");
    private static final String ADDED = "# Added by CONFIG REWRITE";

    /// A parameter that the file sets.
    ///
    /// @param line from 1
    /// @param name in lower case
    /// @param words behind the name, of one char for each byte
    record Entry(int line, String name, List<String> words) {
        /// Where and which: the words may be a password.
        @Override
        public String toString() {
            return "line " + line + ": " + name;
        }

        /// All words, with a blank between them.
        String value() {
            return String.join(" ", words);
        }

        /// The same as text, for what is no bytes: a path, the name of a host.
        String text() {
            return ConfigFile.text(value());
        }
    }

    private final Path path;
    private final List<Entry> entries;

    private ConfigFile(Path path, List<Entry> entries) {
        this.path = path;
        this.entries = entries;
    }

    /// Reads a file.
    ///
    /// @throws UserError if it cannot be read, or a line is not well formed
    static ConfigFile read(Path path) {
        List<Entry> entries = new ArrayList<>();
        List<String> lines = lines(path);
        for (int i = 0; i < lines.size(); i++) {
            if (isParameter(lines.get(i))) {
                entries.add(parse(path, i + 1, lines.get(i)));
            }
        }
        return new ConfigFile(path.toAbsolutePath(), entries);
    }

    private static List<String> lines(Path path) {
        try {
            return Files.readAllLines(path);
        } catch (NoSuchFileException e) {
            throw new UserError("there is no file " + path, e);
        } catch (MalformedInputException e) {
            throw new UserError(path + " is not a text in UTF-8", e);
        } catch (IOException e) {
            throw new UserError(path + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static boolean isParameter(String line) {
        return !line.isBlank() && line.strip().charAt(0) != '#';
    }

    private static Entry parse(Path path, int number, String line) {
        Optional<List<byte[]>> words = CommandWords.split(line);
        if (words.isEmpty()) {
            throw new UserError(place(path, number) + "the quotes do not match");
        }
        List<String> texts = words.get().stream()
                .map(word -> new String(word, StandardCharsets.ISO_8859_1))
                .toList();
        if (texts.size() < 2) {
            throw new UserError(place(path, number) + "'" + text(texts.getFirst()) + "' has no value");
        }
        return new Entry(number, texts.getFirst().toLowerCase(Locale.ROOT), texts.subList(1, texts.size()));
    }

    /// The whole path.
    Path path() {
        return path;
    }

    /// Refuses an entry with several words of which only one can be meant.
    ///
    /// @throws UserError if it is one: one line, without the words, which may be a password
    void requireOneValue(Entry entry) {
        if (entry.words().size() > 1 && !LISTS.contains(entry.name())) {
            throw new UserError(place(entry) + "wrong number of arguments for '" + entry.name()
                    + "': a value with blanks needs quotes");
        }
    }

    /// All parameters, in the order of the file.
    List<Entry> entries() {
        return entries;
    }

    /// How a message about an entry begins: where it is.
    String place(Entry entry) {
        return place(path, entry.line());
    }

    private static String place(Path path, int line) {
        return path.getFileName() + " line " + line + ": ";
    }

    /// Writes parameters to the file: in the line that sets each, or at the end. All other lines stay as they are,
    /// and the order too. The file is replaced in one step.
    ///
    /// @param values by name, of those parameters only that are to change; of one char for each byte
    /// @param users lines in place of all those that begin with `user`, or null to leave these; likewise
    /// @throws IOException if the file cannot be read or written; then it is as it was, unless the folder
    ///         alone could not be written to the disk
    void rewrite(Map<String, String> values, @Nullable List<String> users) throws IOException {
        Map<String, String> left = new LinkedHashMap<>(values);
        List<String> userLines = users == null
                ? List.of()
                : users.stream().map(ConfigFile::quotedWords).toList();
        Set<String> written = new HashSet<>();
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(path)) {
            String name = name(line);
            String value = left.remove(name);
            if (users != null && name.equals(USER)) {
                if (written.add(USER)) {
                    lines.addAll(userLines);
                }
            } else if (value != null) {
                lines.add(line(name, value));
                written.add(name);
            } else if (!written.contains(name)) { // a second line of a parameter is in the first one now
                lines.add(line);
            }
        }
        boolean addsUsers = users != null && !written.contains(USER);
        if ((addsUsers || !left.isEmpty()) && !lines.contains(ADDED)) {
            lines.add(ADDED);
        }
        left.forEach((name, value) -> lines.add(line(name, value)));
        if (addsUsers) {
            lines.addAll(userLines);
        }
        FileReplacement.write(path, lines, StandardCharsets.UTF_8, Files.getPosixFilePermissions(path));
    }

    /// The parameter that a line sets, or empty.
    private static String name(String line) {
        return isParameter(line)
                ? CommandWords.split(line)
                        .map(words -> new String(words.getFirst(), StandardCharsets.ISO_8859_1))
                        .orElse("")
                        .toLowerCase(Locale.ROOT)
                : "";
    }

    private static String line(String name, String value) {
        return name + " " + (LISTS.contains(name) ? quotedWords(value) : quoted(value));
    }

    /// A line with quotes around those words that need them.
    private static String quotedWords(String line) {
        return Stream.of(line.split(" ", -1)).map(ConfigFile::quoted).collect(Collectors.joining(" "));
    }

    /// As [CommandWords] reads it, and as Redis writes it.
    private static String quoted(String value) {
        if (PLAIN.matcher(value).matches()) {
            return value;
        }
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"', '\\' -> quoted.append('\\').append(c);
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                case '\b' -> quoted.append("\\b");
                case 7 -> quoted.append("\\a");
                default -> {
                    if (c >= ' ' && c <= '~') {
                        quoted.append(c);
                    } else {
                        quoted.append("\\x").append(HexFormat.of().toHexDigits((byte) c));
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }

    /// The text of bytes, one char for each.
    static String text(String bytewise) {
        return new String(bytewise.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
