package dev.situ.server;

import dev.situ.client.Reply;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What `help <command>` prints, as redis-cli does: made of the server's reply to `COMMAND DOCS`.
///
/// ```
///   GETEX key [EX seconds|PX milliseconds|PERSIST]
///   summary: Get a string and change when it expires
///   since: 6.2.0
///   group: string
///   complexity: O(1)
/// ```
final class CommandHelp {
    private static final List<String> FIELDS = List.of("summary", "since", "group", "complexity");

    private CommandHelp() {}

    /// The command that asks for it.
    ///
    /// @param name of the command, a word or two: `client`, `kill`
    static List<byte[]> request(List<byte[]> name) {
        String full = name.stream()
                .map(word -> new String(word, StandardCharsets.UTF_8))
                .collect(Collectors.joining("|"))
                .toLowerCase(Locale.ROOT);
        return List.of(bytes("COMMAND"), bytes("DOCS"), bytes(full));
    }

    /// The text of a reply to that, empty if the server has no such command.
    static String text(Reply docs) {
        StringBuilder text = new StringBuilder();
        fields(docs).forEach((name, doc) -> append(text, name, fields(doc)));
        return text.toString();
    }

    private static void append(StringBuilder text, String name, Map<String, Reply> doc) {
        text.append("  ").append(name.replace('|', ' ').toUpperCase(Locale.ROOT));
        elements(doc.get("arguments")).forEach(argument -> text.append(' ').append(syntax(argument)));
        text.append('\n');
        for (String field : FIELDS) {
            if (doc.containsKey(field)) {
                text.append("  ")
                        .append(field)
                        .append(": ")
                        .append(word(doc.get(field)))
                        .append('\n');
            }
        }
        subcommands(text, doc);
    }

    private static void subcommands(StringBuilder text, Map<String, Reply> doc) {
        Map<String, Reply> subcommands = fields(doc.get("subcommands"));
        if (!subcommands.isEmpty()) {
            text.append("  subcommands: ")
                    .append(subcommands.keySet().stream()
                            .map(full -> full.substring(full.indexOf('|') + 1).toUpperCase(Locale.ROOT))
                            .collect(Collectors.joining(", ")))
                    .append('\n');
        }
    }

    /// How an argument is written: `key`, `[EX seconds|PERSIST]`, `key [key ...]`.
    private static String syntax(Reply argument) {
        Map<String, Reply> fields = fields(argument);
        String token = word(fields.get("token"));
        String value = value(fields);
        List<String> flags =
                elements(fields.get("flags")).stream().map(CommandHelp::word).toList();
        String text = joined(token, value);
        if (flags.contains("multiple")) {
            text = joined(text, "[" + (flags.contains("multiple_token") ? text : value) + " ...]");
        }
        return flags.contains("optional") ? "[" + text + "]" : text;
    }

    /// An argument without its token, empty if that is all of it.
    private static String value(Map<String, Reply> fields) {
        List<String> parts = elements(fields.get("arguments")).stream()
                .map(CommandHelp::syntax)
                .toList();
        return switch (word(fields.get("type"))) {
            case "pure-token" -> "";
            case "oneof" -> String.join("|", parts);
            case "block" -> String.join(" ", parts);
            default -> word(fields.getOrDefault("display_text", fields.get("name")));
        };
    }

    private static String joined(String first, String second) {
        return first.isEmpty() || second.isEmpty() ? first + second : first + " " + second;
    }

    /// Names and values: a map of RESP3, or what RESP2 has in its place.
    private static Map<String, Reply> fields(@Nullable Reply reply) {
        Map<String, Reply> fields = new LinkedHashMap<>();
        if (reply instanceof Reply.Map(List<Reply.Entry> entries)) {
            entries.forEach(entry -> fields.put(word(entry.key()), entry.value()));
        } else {
            List<Reply> flat = elements(reply);
            for (int i = 0; i + 1 < flat.size(); i += 2) {
                fields.put(word(flat.get(i)), flat.get(i + 1));
            }
        }
        return fields;
    }

    private static List<Reply> elements(@Nullable Reply reply) {
        return switch (reply) {
            case Reply.Array(List<Reply> elements) -> elements;
            case Reply.Set(List<Reply> elements) -> elements;
            case null, default -> List.of();
        };
    }

    private static String word(@Nullable Reply reply) {
        return switch (reply) {
            case Reply.Bulk bulk -> bulk.text();
            case Reply.Simple(String line) -> line;
            case null, default -> "";
        };
    }

    private static byte[] bytes(String word) {
        return word.getBytes(StandardCharsets.UTF_8);
    }
}
