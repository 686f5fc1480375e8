package dev.situ.kv;

import dev.situ.resp.Command;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a user may do by its own rules, or by one selector of it: run these commands, on these keys, with these
/// channels. A command must be allowed by one permission as a whole. Made by [PermissionRules]; immutable, for all
/// threads. To check allocates nothing, unless it fails or the command uses keys in ways that its arguments
/// decide.
final class Permission {
    private final BitSet commands;
    private final boolean newCommands;
    private final Map<Integer, List<String>> firstArguments;
    private final boolean everyKey;
    private final List<KeyPattern> keys;
    private final boolean everyChannel;
    private final List<ChannelPattern> channels;

    /// @param commands by their numbers
    /// @param newCommands whether the rules began with `+@all`
    /// @param firstArguments of commands that are not allowed but with one of these as their first, by numbers
    Permission(
            BitSet commands,
            boolean newCommands,
            Map<Integer, List<String>> firstArguments,
            boolean everyKey,
            List<KeyPattern> keys,
            boolean everyChannel,
            List<ChannelPattern> channels) {
        this.commands = (BitSet) commands.clone();
        this.newCommands = newCommands;
        this.firstArguments = Map.copyOf(firstArguments);
        this.everyKey = everyKey;
        this.keys = List.copyOf(keys);
        this.everyChannel = everyChannel;
        this.channels = List.copyOf(channels);
    }

    BitSet commands() {
        return (BitSet) commands.clone();
    }

    boolean newCommands() {
        return newCommands;
    }

    Map<Integer, List<String>> firstArguments() {
        return firstArguments;
    }

    boolean everyKey() {
        return everyKey;
    }

    List<KeyPattern> keys() {
        return keys;
    }

    boolean everyChannel() {
        return everyChannel;
    }

    List<ChannelPattern> channels() {
        return channels;
    }

    /// Says whether there is nothing that it forbids, of so many commands.
    boolean isEverything(int all) {
        return newCommands && commands.nextClearBit(0) >= all && everyKey && everyChannel;
    }

    /// Looks at the command that begins at argument `first` of a call. Gives null if it is allowed.
    @Nullable
    Denied check(CommandSpec spec, Call call, int first) {
        if (!allows(spec, call.command(), first)) {
            return Denied.COMMAND;
        }
        int key = everyKey ? 0 : deniedKey(spec, call, first);
        if (key > 0) {
            return new Denied(Denied.Reason.KEY, key);
        }
        int channel = everyChannel ? 0 : deniedChannel(spec, call, first);
        return channel > 0 ? new Denied(Denied.Reason.CHANNEL, channel) : null;
    }

    /// Says whether it allows to write the first key of a command that has come in part.
    boolean mayStore(CommandSpec spec, Command command) {
        return allows(spec, command, 0) && (everyKey || allowsKey(command, 1, KeyPattern.WRITE));
    }

    private boolean allows(CommandSpec spec, Command command, int first) {
        if (commands.get(spec.number()) || spec.flags.contains(CommandFlag.NO_AUTH)) {
            return true;
        }
        List<String> arguments = firstArguments.get(spec.number());
        if (arguments == null || first + 1 >= command.count()) {
            return false;
        }
        for (String argument : arguments) {
            if (isArgument(command, first + 1, argument)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isArgument(Command command, int argument, String wanted) {
        int length = command.length(argument);
        return length == wanted.length()
                && Text.of(command.memory(), command.offset(argument), length).equalsIgnoreCase(wanted);
    }

    private int deniedKey(CommandSpec spec, Call call, int first) {
        for (int p = 0; p < spec.keyParts.size(); p++) {
            KeyRange part = spec.keyParts.get(p);
            int needs = KeyPattern.needs(spec.keyFlags == null ? part.flags() : spec.keyFlags.of(call, first));
            int last = part.lastIn(call.command(), first);
            for (int i = first + part.first(); i <= last; i += part.step()) {
                if (!allowsKey(call.command(), i, needs)) {
                    return i;
                }
            }
        }
        return 0;
    }

    private boolean allowsKey(Command command, int argument, int needs) {
        for (int i = 0; i < keys.size(); i++) {
            if (keys.get(i).allows(command.memory(), command.offset(argument), command.length(argument), needs)) {
                return true;
            }
        }
        return false;
    }

    private int deniedChannel(CommandSpec spec, Call call, int first) {
        ChannelRange range = spec.channels;
        if (range == null) {
            return 0;
        }
        int last = range.untilEnd() ? call.count() - 1 : first + range.first();
        for (int i = first + range.first(); i <= last; i++) {
            if (!allowsChannel(call.text(i), range.patterns())) {
                return i;
            }
        }
        return 0;
    }

    /// Says whether it allows a channel, or to subscribe to a pattern of channels.
    boolean allowsChannel(String name, boolean isPattern) {
        return everyChannel || channels.stream().anyMatch(pattern -> pattern.allows(name, isPattern));
    }
}
