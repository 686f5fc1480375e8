package dev.situ.kv;

import static dev.situ.kv.CommandFlag.LOADING;
import static dev.situ.kv.CommandFlag.NOSCRIPT;
import static dev.situ.kv.CommandFlag.STALE;

import dev.situ.kv.tracking.TrackingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The subcommands of `CLIENT` for clients that keep values themselves: `TRACKING`, `CACHING`, `TRACKINGINFO`,
/// `GETREDIR`.
final class TrackingCommands {
    private static final int NOT_TRACKING = -1;
    /// Each change of a key is compared with every prefix.
    static final int MOST_PREFIXES = 1024;

    private static final String TOO_MANY_PREFIXES =
            "ERR A client can have at most " + MOST_PREFIXES + " prefixes to track";
    private static final String SWITCHED =
            " before disabling tracking for this client, and then re-enabling it with a" + " different mode.";

    private TrackingCommands() {}

    static CommandSpec.Builder[] declarations() {
        return new CommandSpec.Builder[] {
            subcommand("tracking", -3, "6.0.0", "Ask to be told of changes of keys that were read, or no more")
                    .complexity("O(1). Some options may introduce additional complexity.")
                    .arguments("status:(on=ON | off=OFF) [client-id:int=REDIRECT] [prefix:string=PREFIX+...]"
                            + " [bcast=BCAST] [optin=OPTIN] [optout=OPTOUT] [noloop=NOLOOP]")
                    .body(TrackingCommands::tracking),
            subcommand("caching", 3, "6.0.0", "Say whether the keys of the next command are remembered")
                    .arguments("mode:(yes=YES | no=NO)")
                    .body(TrackingCommands::caching),
            subcommand("trackinginfo", 2, "6.2.0", "Tell how the connection tracks keys")
                    .body(TrackingCommands::info),
            subcommand("getredir", 2, "6.0.0", "Tell which connection is told of changes in place of this one")
                    .body(call -> call.reply().integer(redirect(call.session())))
        };
    }

    private static CommandSpec.Builder subcommand(String name, int arity, String since, String summary) {
        return CommandSpec.command(name, arity)
                .flags(NOSCRIPT, LOADING, STALE)
                .categories(AclCategory.CONNECTION)
                .docs("connection", since, summary);
    }

    private static long redirect(Session session) {
        TrackingMode mode = session.tracking();
        return mode == null ? NOT_TRACKING : mode.redirect();
    }

    // ---- on and off -----------------------------------------------------------------------------------------------

    private static void tracking(Call call) {
        if (call.session().mailbox() == null) {
            call.error(Errors.NO_CONNECTION);
            return;
        }
        Options options = new Options();
        String error = options.read(call);
        boolean on = call.text(2).equalsIgnoreCase("on");
        if (error == null && !on && !call.text(2).equalsIgnoreCase("off")) {
            error = Errors.SYNTAX;
        }
        TrackingMode before = call.session().tracking();
        if (error == null && on) {
            error = options.contradiction(before);
        }
        if (error != null) {
            call.error(error);
            return;
        }
        if (on) {
            call.keyspace.track(call.session(), options.mode(before));
        } else {
            call.keyspace.stopTracking(call.session());
        }
        call.reply().ok();
    }

    /// The options of `TRACKING`, and what Redis does not allow of them.
    private static final class Options {
        private final List<String> prefixes = new ArrayList<>();
        private long redirect;
        private boolean broadcasts;
        private boolean optIn;
        private boolean optOut;
        private boolean noLoop;

        /// Gives the text of an error, or null.
        @Nullable
        String read(Call call) {
            String error = null;
            for (int i = 3; i < call.count() && error == null; i++) {
                String option = Text.lowerCase(call.text(i));
                boolean more = i + 1 < call.count();
                if (option.equals("redirect") && more) {
                    error = readRedirect(call, ++i);
                } else if (option.equals("prefix") && more) {
                    error = addPrefix(call.text(++i));
                } else {
                    error = readFlag(option);
                }
            }
            return error;
        }

        private @Nullable String readRedirect(Call call, int argument) {
            if (redirect != 0) {
                return "ERR A client can only redirect to a single other client";
            }
            if (!call.isNumber(argument)) {
                return Errors.NOT_AN_INTEGER;
            }
            redirect = call.number(argument);
            return call.keyspace.clients().find(redirect) == null
                    ? "ERR The client ID you want redirect to does not exist"
                    : null;
        }

        private @Nullable String addPrefix(String prefix) {
            prefixes.add(prefix);
            return prefixes.size() > MOST_PREFIXES ? TOO_MANY_PREFIXES : null;
        }

        private @Nullable String readFlag(String option) {
            switch (option) {
                case "bcast" -> broadcasts = true;
                case "optin" -> optIn = true;
                case "optout" -> optOut = true;
                case "noloop" -> noLoop = true;
                default -> {
                    return Errors.SYNTAX;
                }
            }
            return null;
        }

        /// Gives the text of an error if the options do not fit together, or to what was said before; or null.
        @Nullable
        String contradiction(@Nullable TrackingMode before) {
            if (!broadcasts && !prefixes.isEmpty()) {
                return "ERR PREFIX option requires BCAST mode to be enabled";
            }
            if (before != null && before.broadcasts() != broadcasts) {
                return "ERR You can't switch BCAST mode on/off" + SWITCHED;
            }
            if (broadcasts && (optIn || optOut)) {
                return "ERR OPTIN and OPTOUT are not compatible with BCAST";
            }
            if (optIn && optOut) {
                return "ERR You can't specify both OPTIN mode and OPTOUT mode";
            }
            if (before != null && ((optIn && before.optOut()) || (optOut && before.optIn()))) {
                return "ERR You can't switch OPTIN/OPTOUT mode" + SWITCHED;
            }
            return broadcasts ? overlap(before == null ? List.of() : before.prefixes()) : null;
        }

        /// Gives the text of an error if a prefix is the beginning of another one.
        private @Nullable String overlap(List<String> known) {
            if (known.size() + prefixes.size() > MOST_PREFIXES) {
                return TOO_MANY_PREFIXES;
            }
            List<String> all = new ArrayList<>(known);
            all.addAll(prefixes);
            Collections.sort(all);
            for (int i = 1; i < all.size(); i++) {
                if (all.get(i).startsWith(all.get(i - 1))) { // what lies between a prefix and one of its kind is, too
                    return firstOverlap(known);
                }
            }
            return null;
        }

        /// Which of them Redis tells.
        private @Nullable String firstOverlap(List<String> known) {
            for (int i = 0; i < prefixes.size(); i++) {
                String prefix = prefixes.get(i);
                for (String other : known) {
                    if (overlaps(prefix, other)) {
                        return "ERR Prefix '" + prefix + "' overlaps with an existing prefix '" + other
                                + "'. Prefixes for a single client must not overlap.";
                    }
                }
                for (String other : prefixes.subList(i + 1, prefixes.size())) {
                    if (overlaps(prefix, other)) {
                        return "ERR Prefix '" + prefix + "' overlaps with another provided prefix '" + other
                                + "'. Prefixes for a single client must not overlap.";
                    }
                }
            }
            return null;
        }

        private static boolean overlaps(String one, String other) {
            return one.startsWith(other) || other.startsWith(one);
        }

        /// What holds from now on: what was said now, and the prefixes of before.
        TrackingMode mode(@Nullable TrackingMode before) {
            List<String> all = new ArrayList<>(before == null ? List.of() : before.prefixes());
            all.addAll(broadcasts && prefixes.isEmpty() ? List.of("") : prefixes);
            return new TrackingMode(broadcasts, optIn, optOut, noLoop, redirect, all);
        }
    }

    // ---- what is remembered ---------------------------------------------------------------------------------------

    private static void caching(Call call) {
        TrackingMode mode = call.session().tracking();
        boolean yes = call.text(2).equalsIgnoreCase("yes");
        boolean no = call.text(2).equalsIgnoreCase("no");
        if (mode == null) {
            call.error("ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT"
                    + " mode enabled");
        } else if (yes && !mode.optIn()) {
            call.error("ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.");
        } else if (no && !mode.optOut()) {
            call.error("ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.");
        } else if (!yes && !no) {
            call.error(Errors.SYNTAX);
        } else {
            call.session().set(Session.CACHING_SAID, true);
            call.reply().ok();
        }
    }

    private static void info(Call call) {
        Session session = call.session();
        TrackingMode mode = session.tracking();
        List<String> flags = new ArrayList<>();
        flags.add(mode == null ? "off" : "on");
        if (mode != null) {
            addFlags(flags, mode, session);
        }
        Reply reply = call.reply();
        reply.map(3);
        reply.bulk("flags");
        reply.set(flags.size());
        flags.forEach(reply::bulk);
        reply.bulk("redirect");
        reply.integer(redirect(session));
        reply.bulk("prefixes");
        List<String> prefixes = mode == null ? List.of() : mode.prefixes();
        reply.array(prefixes.size());
        prefixes.forEach(reply::bulk);
    }

    private static void addFlags(List<String> flags, TrackingMode mode, Session session) {
        boolean said = session.is(Session.CACHING_SAID);
        addIf(flags, mode.broadcasts(), "bcast");
        addIf(flags, mode.optIn(), "optin");
        addIf(flags, mode.optIn() && said, "caching-yes");
        addIf(flags, mode.optOut(), "optout");
        addIf(flags, mode.optOut() && said, "caching-no");
        addIf(flags, mode.noLoop(), "noloop");
        addIf(flags, session.isRedirectionBroken(), "broken_redirect");
    }

    private static void addIf(List<String> flags, boolean has, String flag) {
        if (has) {
            flags.add(flag);
        }
    }
}
