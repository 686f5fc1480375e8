package dev.situ.server;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The typed lines that carry a password, which no file is to keep.
final class SecretLines {
    private static final Set<String> PARAMETERS =
            Set.of("requirepass", "masterauth", "tls-key-file-pass", "tls-client-key-file-pass");

    private SecretLines() {}

    /// Says whether `line` is one of them. Quotes that do not match are passed over: what was meant is a secret
    /// too.
    static boolean contain(String line) {
        List<String> words = words(line);
        if (words.isEmpty()) {
            return false;
        }
        return switch (words.getFirst()) {
            case "auth", "migrate" -> true;
            case "hello" -> words.contains("auth");
            case "acl" -> words.size() > 1 && words.get(1).equals("setuser");
            case "config" ->
                words.size() > 1 && words.get(1).equals("set") && words.stream().anyMatch(PARAMETERS::contains);
            default -> false;
        };
    }

    private static List<String> words(String line) {
        List<byte[]> words = CommandWords.split(line)
                .or(() -> CommandWords.split(line.replaceAll("[\"']", " ")))
                .orElseThrow(); // without quotes there are none that do not match
        List<String> texts = new ArrayList<>();
        words.forEach(word -> texts.add(new String(word, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT)));
        return texts;
    }
}
