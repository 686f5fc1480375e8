package dev.situ.kv;

import dev.situ.resp.Command;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The one declaration of a command, from which everything about it comes: finding it, its checks, `COMMAND
/// INFO` and `COMMAND DOCS`.
///
/// Made once by [Builder]; immutable.
final class CommandSpec {
    static final int NO_VALUE = -1;

    /// What others are shown of an argument that is secret.
    static final String REDACTED = "(redacted)";

    private static final int NO_SECRET = Integer.MAX_VALUE;

    final String name;
    final String fullName;
    final int arity;
    final Set<CommandFlag> flags;
    final Set<AclCategory> categories;
    final List<String> tips;
    /// All keys, for whom it matters which arguments are keys.
    final @Nullable KeyRange keys;
    /// The same keys, apart by what is done with them, for `COMMAND INFO`.
    final List<KeyRange> keyParts;
    /// Says what is done with them if that depends on the arguments.
    final KeyUse.@Nullable Flags keyFlags;
    /// Which arguments are channels, or null.
    final @Nullable ChannelRange channels;
    final String group;
    final String since;
    final String summary;
    final String complexity;
    final List<Argument> arguments;
    /// Since when it should not be used any more, or empty.
    final String deprecatedSince;
    /// What to use instead.
    final String replacedBy;
    /// Whether it is for the system's own use.
    final boolean isSystem;
    private final int secretFrom;
    private final byte @Nullable [] secretBehind;
    private int number;
    /// The argument whose bytes become a stored value, which may be received straight into a record; or
    /// NO_VALUE.
    final int storedValue;
    final @Nullable CommandTable subcommands;
    /// What it does; null for a command that has only subcommands.
    final @Nullable CommandBody body;

    /// Whether all that it does is to answer with the value of its one key, so that neighbours may be run
    /// together.
    final boolean isLookup;

    final boolean denyOom;
    final boolean isWrite;
    final boolean isReadOnly;
    /// Whether a pause of writers holds it.
    final boolean mayWrite;

    /// Whether it does if a queued command does.
    final boolean mayWriteQueued;

    /// Whether its work is bounded by its own bytes, so that its time may be told by that of its neighbours.
    final boolean isBrief;

    final boolean isFast;
    /// Whether monitors are told of it.
    final boolean isMonitored;

    /// Whether the slow log tells of it.
    final boolean isLogged;

    /// Whether it may be in a transaction.
    final boolean isRefusedInTransaction;

    /// Whether a client may send it that has subscribed to something, over RESP2.
    final boolean isForSubscribers;

    /// Whether it is run at once while commands are queued.
    final boolean isNeverQueued;

    /// Whether the transaction ends with the refusal of this command.
    final boolean refusalEndsTransaction;

    final byte[] lowerCaseName;

    private CommandSpec(Builder from, String parent) {
        name = from.name;
        fullName = parent.isEmpty() ? name : parent + "|" + name;
        arity = from.arity;
        flags = from.flags;
        categories = from.allCategories();
        tips = List.copyOf(from.tips);
        keys = from.keys;
        keyParts = from.keyParts.isEmpty() && keys != null ? List.of(keys) : from.keyParts;
        keyFlags = from.keyFlags;
        channels = from.channels;
        group = from.group;
        since = from.since;
        summary = from.summary;
        complexity = from.complexity;
        arguments = Argument.parse(from.arguments);
        deprecatedSince = from.deprecatedSince;
        replacedBy = from.replacedBy;
        isSystem = from.isSystem;
        secretFrom = from.secretFrom;
        secretBehind = from.secretBehind;
        storedValue = from.storedValue;
        subcommands = from.subcommands.isEmpty() ? null : new CommandTable(from.subcommands, name);
        body = from.body;
        isLookup = from.isLookup;
        denyOom = flags.contains(CommandFlag.DENYOOM);
        isWrite = flags.contains(CommandFlag.WRITE);
        isReadOnly = flags.contains(CommandFlag.READONLY);
        mayWrite = isWrite || from.isForReplicas;
        mayWriteQueued = from.mayWriteQueued;
        isFast = flags.contains(CommandFlag.FAST);
        isBrief = isFast || from.isBrief;
        isMonitored = !flags.contains(CommandFlag.ADMIN) && !flags.contains(CommandFlag.SKIP_MONITOR);
        isLogged = !flags.contains(CommandFlag.SKIP_SLOWLOG);
        isRefusedInTransaction = flags.contains(CommandFlag.NO_MULTI);
        isForSubscribers = from.isForSubscribers;
        isNeverQueued = from.isNeverQueued;
        refusalEndsTransaction = from.refusalEndsTransaction;
        lowerCaseName = name.getBytes(StandardCharsets.US_ASCII);
        if (body == null && subcommands == null) {
            throw new IllegalArgumentException(fullName + " does nothing");
        }
        if (group.isEmpty() || since.isEmpty() || summary.isEmpty()) {
            throw new IllegalArgumentException(fullName + " is not described");
        }
    }

    /// Which of all commands of its table it is, subcommands included, from 0 up.
    int number() {
        return number;
    }

    /// Numbers it and its subcommands, and gives the next number. Once, before anyone else sees it.
    int number(int first) {
        number = first;
        int next = first + 1;
        if (subcommands != null) {
            for (CommandSpec subcommand : subcommands.all()) {
                next = subcommand.number(next);
            }
        }
        return next;
    }

    /// Says whether an argument of a command is not to be shown to others.
    boolean isSecret(Command command, int argument) {
        byte[] word = secretBehind;
        return argument >= secretFrom
                || (word != null
                        && argument > 0
                        && Text.equalsIgnoreCase(
                                command.memory(), command.offset(argument - 1), command.length(argument - 1), word));
    }

    /// Says whether a command of `count` arguments, its name included, has as many as it must.
    boolean takes(int count) {
        return arity >= 0 ? count == arity : count >= -arity;
    }

    /// Says whether a command of `count` arguments has one that becomes a stored value.
    boolean isStoring(int count) {
        return takes(count) && storedValue != NO_VALUE && storedValue < count;
    }

    /// Begins the declaration of a command.
    ///
    /// @param name in lower case
    /// @param arity the number of arguments, the name (and the parent's name) included; negative: at least as
    ///     many
    static Builder command(String name, int arity) {
        return new Builder(name, arity);
    }

    /// Collects a declaration.
    static final class Builder {
        private final String name;
        private final int arity;
        private final EnumSet<CommandFlag> flags = EnumSet.noneOf(CommandFlag.class);
        private final EnumSet<AclCategory> categories = EnumSet.noneOf(AclCategory.class);
        private List<String> tips = List.of();
        private @Nullable KeyRange keys;
        private List<KeyRange> keyParts = List.of();
        private KeyUse.@Nullable Flags keyFlags;
        private @Nullable ChannelRange channels;
        private String group = "";
        private String since = "";
        private String summary = "";
        private String complexity = "O(1)";
        private String arguments = "";
        private String deprecatedSince = "";
        private String replacedBy = "";
        private boolean isSystem;
        private boolean isBrief;
        private boolean mayWriteQueued;
        private boolean isForReplicas;
        private int secretFrom = NO_SECRET;
        private byte @Nullable [] secretBehind;
        private int storedValue = NO_VALUE;
        private boolean isLookup;
        private boolean isForSubscribers;
        private boolean isNeverQueued;
        private boolean refusalEndsTransaction;
        private final List<Builder> subcommands = new ArrayList<>();
        private @Nullable CommandBody body;

        private Builder(String name, int arity) {
            if (!name.equals(name.toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException(name + " must be in lower case");
            }
            this.name = name;
            this.arity = arity;
        }

        Builder flags(CommandFlag... all) {
            flags.addAll(List.of(all));
            return this;
        }

        /// Categories besides those that follow from the flags.
        Builder categories(AclCategory... all) {
            categories.addAll(List.of(all));
            return this;
        }

        Builder tips(String... all) {
            tips = List.of(all);
            return this;
        }

        Builder keys(int first, int last, int step, String... keyFlags) {
            keys = new KeyRange(first, last, step, List.of(keyFlags), "");
            return this;
        }

        /// Keys behind the argument that says how many there are.
        Builder keysCounted(int countAt, int step, String... keyFlags) {
            keys = new KeyRange(countAt + 1, -1, step, List.of(keyFlags), "", countAt);
            return this;
        }

        /// Says that different things are done with the keys.
        Builder keyParts(KeyRange... all) {
            keyParts = List.of(all);
            return this;
        }

        /// Says what is done with the keys, which depends on the arguments.
        Builder keyFlags(KeyUse.Flags decides) {
            keyFlags = decides;
            return this;
        }

        /// Channels, or patterns of such, from an argument on to the end or this one alone.
        Builder channels(int first, boolean untilEnd, boolean patterns) {
            channels = new ChannelRange(first, untilEnd, patterns);
            return this;
        }

        Builder keyNotes(String notes) {
            KeyRange range = keys;
            if (range == null) {
                throw new IllegalStateException("notes on no keys");
            }
            keys = new KeyRange(range.first(), range.last(), range.step(), range.flags(), notes, range.countAt());
            return this;
        }

        Builder docs(String itsGroup, String itsSince, String itsSummary) {
            group = itsGroup;
            since = itsSince;
            summary = itsSummary;
            return this;
        }

        Builder complexity(String text) {
            complexity = text;
            return this;
        }

        /// Its arguments, in the language of [Argument].
        Builder arguments(String text) {
            arguments = text;
            return this;
        }

        Builder deprecated(String sinceVersion, String instead) {
            deprecatedSince = sinceVersion;
            replacedBy = instead;
            return this;
        }

        /// It is for the system's own use, or for tests.
        Builder isSystem() {
            isSystem = true;
            return this;
        }

        /// Its work is bounded by its own bytes, though Redis does not call it fast.
        Builder isBrief() {
            isBrief = true;
            return this;
        }

        /// It changes nothing here, but Redis passes it on to replicas, so that a pause of writers holds it.
        Builder isForReplicas() {
            isForReplicas = true;
            return this;
        }

        /// It may change what a command may that is queued.
        Builder mayWriteQueued() {
            mayWriteQueued = true;
            return this;
        }

        /// Arguments from this one on are secret: neither monitors nor the slow log show them.
        Builder secretFrom(int argument) {
            secretFrom = argument;
            return this;
        }

        /// The argument behind this word is secret in the same way.
        Builder secretBehind(String word) {
            secretBehind = Text.bytes(word);
            return this;
        }

        Builder storedValue(int argument) {
            storedValue = argument;
            return this;
        }

        /// All that it does is to answer with the value of argument 1.
        Builder isLookup() {
            isLookup = true;
            return this;
        }

        /// A client may send it that has subscribed to something, over RESP2, where messages look like replies.
        Builder isForSubscribers() {
            isForSubscribers = true;
            return this;
        }

        /// It is run at once also between `MULTI` and `EXEC`.
        Builder isNeverQueued() {
            isNeverQueued = true;
            return this;
        }

        /// If it is refused unrun, the transaction is given up.
        Builder refusalEndsTransaction() {
            refusalEndsTransaction = true;
            return this;
        }

        /// Has these subcommands, besides those named before.
        Builder subcommands(Builder... all) {
            subcommands.addAll(List.of(all));
            return this;
        }

        Builder body(CommandBody does) {
            body = does;
            return this;
        }

        /// A body that is one step to other workers, and sees nothing of their bursts halfway: for commands on
        /// several keys. A single key needs none: see [dev.situ.store.StoreWorker#update].
        Builder exclusiveBody(CommandBody does) {
            return body(call -> call.runAlone(does));
        }

        /// As [#exclusiveBody], but not for a command of `alone` arguments or fewer, which has one key.
        Builder exclusiveBodyBeyond(int alone, CommandBody does) {
            return body(call -> {
                if (call.count() > alone) {
                    call.runAlone(does);
                } else {
                    does.run(call);
                }
            });
        }

        CommandSpec build(String parent) {
            return new CommandSpec(this, parent);
        }

        /// As in Redis, some categories follow from the flags.
        private Set<AclCategory> allCategories() {
            EnumSet<AclCategory> all = EnumSet.copyOf(categories);
            if (flags.contains(CommandFlag.WRITE)) {
                all.add(AclCategory.WRITE);
            }
            if (flags.contains(CommandFlag.READONLY)) {
                all.add(AclCategory.READ);
            }
            if (flags.contains(CommandFlag.ADMIN)) {
                all.add(AclCategory.ADMIN);
                all.add(AclCategory.DANGEROUS);
            }
            all.add(flags.contains(CommandFlag.FAST) ? AclCategory.FAST : AclCategory.SLOW);
            return all;
        }
    }
}
