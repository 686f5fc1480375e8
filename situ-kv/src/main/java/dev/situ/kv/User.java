package dev.situ.kv;

import dev.situ.resp.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A user as the rules have made it: its passwords, and what it may do. Immutable, for all threads; other rules
/// make another one ([UserRules]).
///
/// @param flags in the order in which Redis tells them: `on` or `off`, `nopass`, `sanitize-payload`
/// @param passwords their hashes
/// @param permissions its own first, then those of its selectors
record User(String name, List<String> flags, List<String> passwords, List<Permission> permissions) {
    static final String DEFAULT = "default";

    User {
        flags = List.copyOf(flags);
        passwords = List.copyOf(passwords);
        permissions = List.copyOf(permissions);
    }

    boolean isEnabled() {
        return flags.contains(UserRules.ON);
    }

    /// Whether any password is right.
    boolean needsNoPassword() {
        return flags.contains(UserRules.NOPASS);
    }

    /// Whether a connection is this user's without saying a word.
    boolean isForAll() {
        return isEnabled() && needsNoPassword();
    }

    /// Says whether somebody with that password may be this user.
    boolean admits(String password) {
        return isEnabled() && (needsNoPassword() || PasswordHash.isOneOf(passwords, password));
    }

    /// Says whether there is nothing that it may not, of so many commands.
    boolean mayEverything(int commands) {
        return permissions.stream().anyMatch(permission -> permission.isEverything(commands));
    }

    /// Looks at the command that begins at argument `first` of a call. Gives null if the user may run it.
    @Nullable
    Denied check(CommandSpec spec, Call call, int first) {
        Denied denied = Denied.COMMAND;
        for (int i = 0; i < permissions.size(); i++) {
            Denied one = permissions.get(i).check(spec, call, first);
            if (one == null) {
                return null;
            }
            denied = one.tellsMoreThan(denied) ? one : denied;
        }
        return denied;
    }

    /// Says whether the user may store a value under the first key of a command, of which only this part has come.
    boolean mayStore(CommandSpec spec, Command command) {
        return permissions.stream().anyMatch(permission -> permission.mayStore(spec, command));
    }

    /// Says whether the user may get the messages of a channel, or of a pattern of channels.
    boolean mayHear(String name, boolean isPattern) {
        return permissions.stream().anyMatch(permission -> permission.allowsChannel(name, isPattern));
    }

    /// The rules that make this user, as `ACL LIST` and files have them.
    String line(CommandTable table) {
        List<String> words = new ArrayList<>(List.of("user", name));
        words.addAll(flags);
        passwords.forEach(hash -> words.add("#" + hash));
        words.add(rules(table, permissions.getFirst()));
        for (Permission selector : permissions.subList(1, permissions.size())) {
            words.add("(" + rules(table, selector) + ")");
        }
        return String.join(" ", words);
    }

    private static String rules(CommandTable table, Permission permission) {
        List<String> words = new ArrayList<>();
        if (!keyRules(permission).isEmpty()) {
            words.add(keyRules(permission));
        }
        if (!permission.everyChannel()) {
            words.add("resetchannels");
        }
        if (!channelRules(permission).isEmpty()) {
            words.add(channelRules(permission));
        }
        words.add(PermissionRules.commandRules(table, permission));
        return String.join(" ", words);
    }

    /// The rules on keys that make a permission, or none.
    static String keyRules(Permission permission) {
        return permission.everyKey()
                ? "~*"
                : permission.keys().stream().map(KeyPattern::rule).collect(Collectors.joining(" "));
    }

    /// The rules on channels that make a permission, or none.
    static String channelRules(Permission permission) {
        return permission.everyChannel()
                ? "&*"
                : permission.channels().stream().map(ChannelPattern::rule).collect(Collectors.joining(" "));
    }
}
