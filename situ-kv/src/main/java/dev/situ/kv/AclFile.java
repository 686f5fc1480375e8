package dev.situ.kv;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// The file of users (`aclfile`): a line `user <name> <rule> ...` for each. It is read as a whole or not at all,
/// and replaced in one step. The owner alone may read it once it was written: it has hashes of passwords.
final class AclFile {
    private static final String NOTHING_CHANGED =
            "WARNING: ACL errors detected, no change to the previously active ACL rules was performed";

    private final String path;
    private final Path file;
    private final Supplier<UserRules> newUser;
    private final StringBuilder errors = new StringBuilder();

    /// @param path as the user wrote it, of one char for each byte
    /// @param newUser begins a user
    AclFile(String path, Supplier<UserRules> newUser) {
        this.path = path;
        this.file =
                Path.of(new String(Text.bytes(path), StandardCharsets.UTF_8)).toAbsolutePath();
        this.newUser = newUser;
    }

    /// All users of the file, by name. If [#errors] has any, it is none.
    Map<String, User> read() {
        String text;
        try {
            text = Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            errors.append(unopened("No such file or directory"));
            return Map.of();
        } catch (IOException e) {
            errors.append(unopened(String.valueOf(e.getMessage())));
            return Map.of();
        }
        Map<String, User> users = new LinkedHashMap<>();
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            if (!line.isBlank()) {
                read(line.strip(), number, users);
            }
        }
        if (errors.isEmpty()) {
            return users;
        }
        errors.append(NOTHING_CHANGED);
        return Map.of();
    }

    private String unopened(String reason) {
        return "Error loading ACLs, opening file '" + path + "': " + reason;
    }

    /// What is wrong with the file, in Redis's words, or empty.
    String errors() {
        return errors.toString();
    }

    private void read(String line, int number, Map<String, User> users) {
        String place = path + ":" + number;
        List<String> words = Arrays.asList(line.split(" ", -1));
        if (words.size() < 2 || !words.getFirst().equals("user")) {
            errors.append(place).append(" should start with user keyword followed by the username. ");
            return;
        }
        String name = words.get(1);
        if (UserRules.hasBlanks(name)) {
            errors.append('\'')
                    .append(place)
                    .append(": username '")
                    .append(name)
                    .append("' contains invalid characters. ");
        } else if (users.containsKey(name)) {
            errors.append("WARNING: Duplicate user '")
                    .append(name)
                    .append("' found on line ")
                    .append(number)
                    .append(". ");
        } else {
            users.put(name, read(place, name, words.subList(2, words.size())));
        }
    }

    private User read(String place, String name, List<String> words) {
        UserRules user = newUser.get();
        List<String> rules = new ArrayList<>();
        if (UserRules.joinSelectors(words, rules) >= 0) {
            errors.append(place).append(": Unmatched parenthesis in selector definition.");
        }
        boolean told = false;
        for (String rule : rules) {
            RuleError wrong = user.apply(rule.strip());
            if (wrong == RuleError.UNKNOWN) { // it has no secret
                errors.append(place).append(": Error in applying operation '").append(rule);
                errors.append("': ").append(wrong.text()).append(". ");
            } else if (wrong != null && !told) {
                told = true;
                errors.append(place).append(": ").append(wrong.text()).append(". ");
            }
        }
        return user.build(name);
    }

    /// Replaces the file: see [FileReplacement].
    ///
    /// @throws IOException if it cannot be written
    void write(List<String> lines) throws IOException {
        FileReplacement.write(file, lines, StandardCharsets.ISO_8859_1, FileReplacement.OWNER_ONLY);
    }
}
