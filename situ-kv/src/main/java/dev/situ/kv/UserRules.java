package dev.situ.kv;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A [User] while rules change it: `on`, `nopass`, `>password`, `#hash`, `(selector)`, `reset`, and those of
/// [PermissionRules] for its own permission. They are those of Redis 7.0, applied one after the other. Used by one
/// thread.
final class UserRules {
    static final String ON = "on";
    static final String OFF = "off";
    static final String NOPASS = "nopass";
    private static final String SKIP_SANITIZE = "skip-sanitize-payload";
    private static final String SANITIZE = "sanitize-payload";
    /// In the order in which they are told.
    private static final List<String> FLAGS = List.of(ON, OFF, NOPASS, SKIP_SANITIZE, SANITIZE);

    private final CommandTable table;
    private final boolean everyChannel;
    private final List<String> flags;
    private final List<String> passwords;
    private final List<PermissionRules> permissions = new ArrayList<>();

    /// Begins with a user who may nothing and is off.
    ///
    /// @param everyChannel whether new permissions are for every channel: `acl-pubsub-default`
    UserRules(CommandTable table, boolean everyChannel) {
        this.table = table;
        this.everyChannel = everyChannel;
        flags = new ArrayList<>(List.of(OFF));
        passwords = new ArrayList<>();
        permissions.add(new PermissionRules(table, everyChannel));
    }

    /// Begins with a user as it is.
    UserRules(CommandTable table, boolean everyChannel, User from) {
        this.table = table;
        this.everyChannel = everyChannel;
        flags = new ArrayList<>(from.flags());
        passwords = new ArrayList<>(from.passwords());
        from.permissions().forEach(permission -> permissions.add(new PermissionRules(table, permission)));
    }

    User build(String name) {
        List<String> inOrder = FLAGS.stream().filter(flags::contains).toList();
        return new User(
                name,
                inOrder,
                passwords,
                permissions.stream().map(PermissionRules::build).toList());
    }

    /// Says whether a text has what a name or a pattern may not have.
    static boolean hasBlanks(String text) {
        return text.chars().anyMatch(c -> c == ' ' || (c >= '\t' && c <= '\r') || c == 0);
    }

    /// Applies a rule; an empty one does nothing. Gives null, or what is wrong with it.
    @Nullable
    RuleError apply(String rule) {
        switch (Text.lowerCase(rule)) {
            case "" -> {}
            case ON -> exchange(OFF, ON);
            case OFF -> exchange(ON, OFF);
            case SKIP_SANITIZE -> exchange(SANITIZE, SKIP_SANITIZE);
            case SANITIZE -> exchange(SKIP_SANITIZE, SANITIZE);
            case NOPASS -> {
                exchange(NOPASS, NOPASS);
                passwords.clear();
            }
            case "resetpass" -> {
                flags.remove(NOPASS);
                passwords.clear();
            }
            case "clearselectors" -> permissions.subList(1, permissions.size()).clear();
            case "reset" -> reset();
            default -> {
                return applyOther(rule);
            }
        }
        return null;
    }

    private void exchange(String old, String flag) {
        flags.remove(old);
        flags.remove(flag);
        flags.add(flag);
    }

    private void reset() {
        flags.clear();
        flags.add(OFF);
        flags.add(SANITIZE);
        passwords.clear();
        permissions.clear();
        permissions.add(new PermissionRules(table, everyChannel));
    }

    private @Nullable RuleError applyOther(String rule) {
        String rest = rule.substring(1);
        return switch (rule.charAt(0)) {
            case '>' -> addPassword(PasswordHash.of(rest));
            case '#' -> PasswordHash.isValid(rest) ? addPassword(rest) : RuleError.NO_HASH;
            case '<' -> removePassword(PasswordHash.of(rest));
            case '!' -> PasswordHash.isValid(rest) ? removePassword(rest) : RuleError.NO_HASH;
            default ->
                rule.charAt(0) == '(' && rule.endsWith(")")
                        ? addSelector(rule.substring(1, rule.length() - 1))
                        : permissions.getFirst().apply(rule);
        };
    }

    private @Nullable RuleError addPassword(String hash) {
        if (!passwords.contains(hash)) {
            passwords.add(hash);
        }
        flags.remove(NOPASS);
        return null;
    }

    private @Nullable RuleError removePassword(String hash) {
        return passwords.remove(hash) ? null : RuleError.NO_SUCH_PASSWORD;
    }

    private @Nullable RuleError addSelector(String rules) {
        PermissionRules selector = new PermissionRules(table, everyChannel);
        for (String rule : rules.isBlank() ? new String[0] : rules.strip().split("\\s+", -1)) {
            RuleError wrong = selector.apply(rule);
            if (wrong != null) {
                return wrong;
            }
        }
        permissions.add(selector);
        return null;
    }

    /// Joins the words of each selector, from `(` to `)`, to one rule; another `(` in between is part of it, and
    /// no rule that there is. Gives -1, or the word whose bracket is not closed.
    ///
    /// @param joined empty; to be filled
    static int joinSelectors(List<String> words, List<String> joined) {
        StringBuilder selector = new StringBuilder();
        int opened = -1;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (opened < 0 && word.startsWith("(") && !word.endsWith(")")) {
                selector.setLength(0);
                selector.append(word);
                opened = i;
            } else if (opened >= 0) {
                selector.append(' ').append(word);
                if (word.endsWith(")")) {
                    opened = -1;
                    joined.add(selector.toString());
                }
            } else {
                joined.add(word);
            }
        }
        return opened;
    }
}
