package dev.situ.kv;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A [Permission] while rules change it: `+get`, `-@admin`, `+config|get`, `~keys*`, `%R~keys*`, `&channels*`.
/// They are those of Redis 7.0, applied one after the other. Used by one thread.
final class PermissionRules {
    private final CommandTable table;
    private final BitSet commands;
    private boolean newCommands;
    private final Map<Integer, List<String>> firstArguments = new TreeMap<>();
    private boolean everyKey;
    private final List<KeyPattern> keys;
    private boolean everyChannel;
    private final List<ChannelPattern> channels;

    /// Begins with nothing allowed, but every channel if so said.
    PermissionRules(CommandTable table, boolean everyChannel) {
        this.table = table;
        this.commands = new BitSet();
        this.keys = new ArrayList<>();
        this.everyChannel = everyChannel;
        this.channels = new ArrayList<>();
    }

    /// Begins with what a permission allows.
    PermissionRules(CommandTable table, Permission from) {
        this.table = table;
        this.commands = from.commands();
        this.newCommands = from.newCommands();
        from.firstArguments().forEach((number, words) -> firstArguments.put(number, new ArrayList<>(words)));
        this.everyKey = from.everyKey();
        this.keys = new ArrayList<>(from.keys());
        this.everyChannel = from.everyChannel();
        this.channels = new ArrayList<>(from.channels());
    }

    Permission build() {
        return new Permission(commands, newCommands, firstArguments, everyKey, keys, everyChannel, channels);
    }

    /// Applies a rule. Gives null, or what is wrong with it; then nothing has changed.
    @Nullable
    RuleError apply(String rule) {
        switch (Text.lowerCase(rule)) {
            case "allkeys", "~*" -> setEveryKey(true);
            case "resetkeys" -> setEveryKey(false);
            case "allchannels", "&*" -> setEveryChannel(true);
            case "resetchannels" -> setEveryChannel(false);
            case "allcommands", "+@all" -> setEveryCommand(true);
            case "nocommands", "-@all" -> setEveryCommand(false);
            default -> {
                return applyOther(rule);
            }
        }
        return null;
    }

    private @Nullable RuleError applyOther(String rule) {
        String rest = rule.substring(1);
        return switch (rule.charAt(0)) {
            case '~' -> addKeys(rest, KeyPattern.ALL);
            case '%' -> addKeys(rest);
            case '&' -> addChannels(rest);
            case '+' -> rest.startsWith("@") ? set(rest.substring(1), true) : allow(rest);
            case '-' -> rest.startsWith("@") ? set(rest.substring(1), false) : forbid(rest);
            default -> RuleError.SYNTAX;
        };
    }

    // ---- keys and channels ----------------------------------------------------------------------------------------

    private void setEveryKey(boolean all) {
        everyKey = all;
        keys.clear();
    }

    private void setEveryChannel(boolean all) {
        everyChannel = all;
        channels.clear();
    }

    /// `R~pattern`, `W~pattern`, `RW~pattern`.
    private @Nullable RuleError addKeys(String rule) {
        if (everyKey) {
            return RuleError.KEYS_AFTER_ALL;
        }
        int access = 0;
        int tilde = rule.indexOf('~');
        for (int i = 0; i < tilde; i++) {
            int one = switch (rule.charAt(i)) {
                case 'R', 'r' -> KeyPattern.READ;
                case 'W', 'w' -> KeyPattern.WRITE;
                default -> 0;
            };
            if (one == 0 || (access & one) != 0) {
                return RuleError.SYNTAX;
            }
            access |= one;
        }
        return access == 0 ? RuleError.SYNTAX : addKeys(rule.substring(tilde + 1), access);
    }

    private @Nullable RuleError addKeys(String pattern, int access) {
        if (everyKey) {
            return RuleError.KEYS_AFTER_ALL;
        }
        if (UserRules.hasBlanks(pattern)) {
            return RuleError.SYNTAX;
        }
        for (int i = 0; i < keys.size(); i++) {
            KeyPattern known = keys.get(i);
            if (known.pattern().equals(pattern)) {
                keys.set(i, new KeyPattern(pattern, known.access() | access));
                return null;
            }
        }
        keys.add(new KeyPattern(pattern, access));
        return null;
    }

    private @Nullable RuleError addChannels(String pattern) {
        if (everyChannel) {
            return RuleError.CHANNELS_AFTER_ALL;
        }
        if (UserRules.hasBlanks(pattern)) {
            return RuleError.SYNTAX;
        }
        if (channels.stream().noneMatch(known -> known.pattern().equals(pattern))) {
            channels.add(new ChannelPattern(pattern));
        }
        return null;
    }

    // ---- commands -------------------------------------------------------------------------------------------------

    private void setEveryCommand(boolean allowed) {
        commands.set(0, table.countAll(), allowed);
        newCommands = allowed;
        firstArguments.clear();
    }

    private @Nullable RuleError allow(String name) {
        int bar = name.lastIndexOf('|');
        CommandSpec spec = table.find(bar < 0 ? name : name.substring(0, bar));
        if (spec == null) {
            return RuleError.UNKNOWN;
        }
        if (bar < 0) {
            set(spec, true);
            return null;
        }
        String word = name.substring(bar + 1);
        if (spec.fullName.indexOf('|') >= 0) {
            return RuleError.ARGUMENT_OF_SUBCOMMAND;
        }
        if (word.isEmpty() || UserRules.hasBlanks(word)) { // a line break would begin another rule in a file
            return RuleError.SYNTAX;
        }
        if (spec.subcommands == null) {
            List<String> words = firstArguments.computeIfAbsent(spec.number(), _ -> new ArrayList<>());
            if (words.stream().noneMatch(word::equalsIgnoreCase)) {
                words.add(word);
            }
            return null;
        }
        CommandSpec subcommand = table.find(name);
        if (subcommand == null) {
            return RuleError.UNKNOWN;
        }
        set(subcommand, true);
        return null;
    }

    private @Nullable RuleError forbid(String name) {
        CommandSpec spec = table.find(name);
        if (spec == null) {
            return RuleError.UNKNOWN;
        }
        set(spec, false);
        return null;
    }

    /// A command, and its subcommands with it.
    private void set(CommandSpec spec, boolean allowed) {
        commands.set(spec.number(), allowed);
        firstArguments.remove(spec.number());
        if (spec.subcommands != null) {
            spec.subcommands.all().forEach(subcommand -> commands.set(subcommand.number(), allowed));
        }
    }

    private @Nullable RuleError set(String categoryName, boolean allowed) {
        AclCategory category = AclCategory.of(categoryName);
        if (category == null) {
            return RuleError.UNKNOWN;
        }
        set(category, allowed);
        return null;
    }

    private void set(AclCategory category, boolean allowed) {
        table.forEach(spec -> {
            if (spec.categories.contains(category)) {
                set(spec, allowed);
            }
        });
    }

    // ---- as a text ------------------------------------------------------------------------------------------------

    /// The rules that allow these commands from the beginning, as Redis chooses them: all or none, then
    /// categories, each the one that brings most of what is wanted and least of what is not, then single commands.
    static String commandRules(CommandTable table, Permission permission) {
        BitSet wanted = permission.commands();
        boolean adds = !permission.newCommands();
        PermissionRules told = new PermissionRules(table, false);
        told.setEveryCommand(!adds);
        PermissionRules left = new PermissionRules(table, permission);
        StringBuilder rules = new StringBuilder(adds ? "-@all" : "+@all");
        List<AclCategory> categories = new ArrayList<>(List.of(AclCategory.values()));
        for (AclCategory best = left.best(categories, adds); best != null; best = left.best(categories, adds)) {
            rules.append(adds ? " +" : " -").append(best.text());
            told.set(best, adds);
            left.set(best, !adds);
            categories.remove(best);
        }
        table.forEach(spec -> {
            boolean allowed = wanted.get(spec.number());
            if (allowed != told.commands.get(spec.number())) {
                rules.append(allowed ? " +" : " -").append(spec.fullName);
                told.set(spec, allowed);
            }
            if (!allowed) {
                for (String word : permission.firstArguments().getOrDefault(spec.number(), List.of())) {
                    rules.append(" +").append(spec.fullName).append('|').append(word);
                }
            }
        });
        return rules.toString();
    }

    /// The category that fits best what is still to be told, or null if none has more that fits than not.
    private @Nullable AclCategory best(List<AclCategory> categories, boolean adds) {
        AclCategory best = null;
        int leastOther = Integer.MAX_VALUE;
        int mostSame = 0;
        for (AclCategory category : categories) {
            int same = 0;
            int other = 0;
            for (CommandSpec spec : table.in(category)) {
                if (commands.get(spec.number()) == adds) {
                    same++;
                } else {
                    other++;
                }
            }
            if (same > other && (other < leastOther || (other == leastOther && same > mostSame))) {
                best = category;
                leastOther = other;
                mostSame = same;
            }
        }
        return best;
    }
}
