package dev.situ.kv;

import static dev.situ.kv.CommandFlag.ADMIN;
import static dev.situ.kv.CommandFlag.LOADING;
import static dev.situ.kv.CommandFlag.NOSCRIPT;
import static dev.situ.kv.CommandFlag.STALE;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `ACL`: who may use the server, and for what.
final class AclCommands {
    private static final int NAME = 2;
    private static final int SHOWN = 128;
    private static final int PASSWORD_BITS = 256;
    private static final int MOST_PASSWORD_BITS = 4096;
    private static final int LOG_ENTRIES = 10;
    private static final String NO_FILE =
            "ERR This Redis instance is not configured to use an ACL file. You may want to"
                    + " specify users via the ACL SETUSER command and then issue a CONFIG REWRITE (assuming you have a Redis"
                    + " configuration file set) in order to store users in the Redis configuration.";
    private static final String[] HELP = {
        "CAT [<category>]",
        "    List all commands that belong to <category>, or all command categories",
        "    when no category is specified.",
        "DELUSER <username> [<username> ...]",
        "    Delete a list of users.",
        "DRYRUN <username> <command> [<arg> ...]",
        "    Returns whether the user can execute the given command without executing the command.",
        "GETUSER <username>",
        "    Get the user's details.",
        "GENPASS [<bits>]",
        "    Generate a secure 256-bit user password. The optional `bits` argument can",
        "    be used to specify a different size.",
        "LIST",
        "    Show users details in config file format.",
        "LOAD",
        "    Reload users from the ACL file.",
        "LOG [<count> | RESET]",
        "    Show the ACL log entries.",
        "SAVE",
        "    Save the current config to the ACL file.",
        "SETUSER <username> <attribute> [<attribute> ...]",
        "    Create or modify a user with the specified attributes.",
        "USERS",
        "    List all the registered usernames.",
        "WHOAMI",
        "    Return the current connection username."
    };

    private AclCommands() {}

    static List<CommandSpec.Builder> declarations() {
        return List.of(CommandSpec.command("acl", -2)
                .docs("server", "6.0.0", "A container for access list commands")
                .complexity("Depends on subcommand.")
                .subcommands(
                        question("cat", -2, "Tell the categories of commands, or the commands of one")
                                .complexity("O(1) since the categories and commands are a fixed set.")
                                .arguments("[categoryname:string]")
                                .body(AclCommands::categories),
                        admin("deluser", -3, "Remove users, and close their connections")
                                .complexity("O(1) amortized time considering the typical user.")
                                .arguments("username...")
                                .body(AclCommands::delete),
                        admin("dryrun", -4, "Tell whether a user may run a command")
                                .docs("server", "7.0.0", "Tell whether a user may run a command")
                                .complexity("O(1).")
                                .arguments("username command [arg...]")
                                .body(AclCommands::dryRun),
                        question("genpass", -2, "Make a random password")
                                .arguments("[bits:int]")
                                .body(AclCommands::newPassword),
                        admin("getuser", 3, "Tell the rules of a user")
                                .complexity(
                                        "O(N). Where N is the number of password, command and pattern rules that the"
                                                + " user has.")
                                .arguments("username")
                                .body(AclCommands::show),
                        admin("list", 2, "Tell the rules of all users as a file has them")
                                .complexity("O(N). Where N is the number of configured users.")
                                .body(call -> bulks(call, call.keyspace.users().lines())),
                        admin("load", 2, "Take the users of the file in place of all there are")
                                .complexity("O(N). Where N is the number of configured users.")
                                .body(AclCommands::load),
                        admin("log", -2, "Tell what was refused lately")
                                .complexity("O(N) with N being the number of entries shown.")
                                .arguments("[operation:(count:int | reset=RESET)]")
                                .body(AclCommands::log),
                        admin("save", 2, "Write all users to the file")
                                .complexity("O(N). Where N is the number of configured users.")
                                .body(AclCommands::save),
                        admin("setuser", -3, "Make or change a user by rules")
                                .complexity("O(N). Where N is the number of rules provided.")
                                .arguments("username [rule...]")
                                .secretFrom(NAME)
                                .body(AclCommands::change),
                        admin("users", 2, "Tell the names of all users")
                                .complexity("O(N). Where N is the number of configured users.")
                                .body(call -> bulks(call, call.keyspace.users().names())),
                        question("whoami", 2, "Tell which user this connection is")
                                .body(call -> call.reply()
                                        .bulk(call.session().account().user().name())),
                        HelpSubcommand.declaration("server", HELP)));
    }

    private static CommandSpec.Builder question(String name, int arity, String summary) {
        return CommandSpec.command(name, arity).flags(NOSCRIPT, LOADING, STALE).docs("server", "6.0.0", summary);
    }

    private static CommandSpec.Builder admin(String name, int arity, String summary) {
        return question(name, arity, summary).flags(ADMIN);
    }

    private static void bulks(Call call, List<String> texts) {
        call.reply().array(texts.size());
        texts.forEach(call.reply()::bulk);
    }

    private static void categories(Call call) {
        if (call.count() > 3) {
            call.error(Errors.unknownSubcommand(call));
            return;
        }
        if (!call.has(2)) {
            bulks(
                    call,
                    Arrays.stream(AclCategory.values())
                            .map(AclCategory::plainName)
                            .toList());
            return;
        }
        AclCategory category = AclCategory.of(call.shown(2, Integer.MAX_VALUE));
        if (category == null) {
            call.error("ERR Unknown category '" + call.shown(2, SHOWN) + "'");
        } else {
            bulks(
                    call,
                    call.keyspace.commands().in(category).stream()
                            .map(spec -> spec.fullName)
                            .toList());
        }
    }

    // ---- users ----------------------------------------------------------------------------------------------------

    private static List<String> texts(Call call, int first) {
        List<String> texts = new ArrayList<>();
        for (int i = first; i < call.count(); i++) {
            texts.add(call.text(i));
        }
        return texts;
    }

    private static void change(Call call) {
        String wrong = call.keyspace.users().change(call.text(NAME), texts(call, NAME + 1), call.session());
        okOr(call, wrong);
    }

    private static void okOr(Call call, @Nullable String wrong) {
        if (wrong == null) {
            call.reply().ok();
        } else {
            call.error(wrong);
        }
    }

    private static void delete(Call call) {
        List<String> names = texts(call, NAME);
        if (names.contains(User.DEFAULT)) {
            call.error("ERR The 'default' user cannot be removed");
            return;
        }
        int deleted = 0;
        for (String name : names) {
            deleted += call.keyspace.users().delete(name, call.session()) ? 1 : 0;
        }
        call.reply().integer(deleted);
    }

    private static void show(Call call) {
        User user = call.keyspace.users().find(call.text(NAME));
        Reply reply = call.reply();
        if (user == null) {
            reply.nothing();
            return;
        }
        reply.map(6);
        reply.bulk("flags");
        reply.set(user.flags().size());
        user.flags().forEach(reply::bulk);
        reply.bulk("passwords");
        bulks(call, user.passwords());
        show(call, user.permissions().getFirst());
        reply.bulk("selectors");
        List<Permission> selectors =
                user.permissions().subList(1, user.permissions().size());
        reply.array(selectors.size());
        for (Permission selector : selectors) {
            reply.map(3);
            show(call, selector);
        }
    }

    private static void show(Call call, Permission permission) {
        Reply reply = call.reply();
        reply.bulk("commands");
        reply.bulk(PermissionRules.commandRules(call.keyspace.commands(), permission));
        reply.bulk("keys");
        reply.bulk(User.keyRules(permission));
        reply.bulk("channels");
        reply.bulk(User.channelRules(permission));
    }

    private static void dryRun(Call call) {
        int first = NAME + 1;
        User user = call.keyspace.users().find(call.text(NAME));
        if (user == null) {
            call.error("ERR User '" + call.shown(NAME, Integer.MAX_VALUE) + "' not found");
            return;
        }
        CommandSpec spec = call.keyspace.commands().find(call.text(first));
        if (spec != null && spec.subcommands != null && call.has(first + 1)) {
            spec = call.keyspace.commands().find(spec.name + "|" + call.text(first + 1));
        }
        if (spec == null) {
            call.error("ERR Command '" + call.shown(first, Integer.MAX_VALUE) + "' not found");
        } else if (!spec.takes(call.count() - first)) {
            call.error(Errors.arity(spec));
        } else {
            Denied denied = user.check(spec, call, first);
            if (denied == null) {
                call.reply().ok();
            } else {
                call.reply().bulk(explained(call, spec, denied));
            }
        }
    }

    private static String explained(Call call, CommandSpec spec, Denied denied) {
        return switch (denied.reason()) {
            case KEY -> "This user has no permissions to access the '" + call.text(denied.argument()) + "' key";
            case CHANNEL -> "This user has no permissions to access the '" + call.text(denied.argument()) + "' channel";
            default -> "This user has no permissions to run the '" + spec.fullName + "' command";
        };
    }

    // ---- passwords, the log, the file -----------------------------------------------------------------------------

    private static void newPassword(Call call) {
        if (call.count() > 3) {
            call.error(Errors.unknownSubcommand(call));
        } else if (call.has(2) && !call.isNumber(2)) {
            call.error(Errors.NOT_AN_INTEGER);
        } else {
            long bits = call.has(2) ? call.number(2) : PASSWORD_BITS;
            if (bits <= 0 || bits > MOST_PASSWORD_BITS) {
                call.error(
                        "ERR ACL GENPASS argument must be the number of bits for the output password, a positive number"
                                + " up to " + MOST_PASSWORD_BITS);
                return;
            }
            int digits = (int) (bits + 3) / 4;
            byte[] random = new byte[(digits + 1) / 2];
            new SecureRandom().nextBytes(random);
            call.reply().bulk(HexFormat.of().formatHex(random).substring(0, digits));
        }
    }

    private static void log(Call call) {
        AclLog log = call.keyspace.users().log();
        if (call.count() > 3) {
            call.error(Errors.unknownSubcommand(call));
        } else if (call.has(2) && call.text(2).equalsIgnoreCase("reset")) {
            log.clear();
            call.reply().ok();
        } else if (call.has(2) && !call.isNumber(2)) {
            call.error(Errors.NOT_AN_INTEGER);
        } else {
            List<AclLog.Entry> entries = log.newest(call.has(2) ? call.number(2) : LOG_ENTRIES);
            call.reply().array(entries.size());
            entries.forEach(entry -> show(call.reply(), entry));
        }
    }

    private static void show(Reply reply, AclLog.Entry entry) {
        reply.map(7);
        reply.bulk("count");
        reply.integer(entry.count());
        reply.bulk("reason");
        reply.bulk(entry.reasonText());
        reply.bulk("context");
        reply.bulk(entry.context());
        reply.bulk("object");
        reply.bulk(entry.object());
        reply.bulk("username");
        reply.bulk(entry.username());
        reply.bulk("age-seconds");
        reply.fraction((System.currentTimeMillis() - entry.millis()) / 1000.0);
        reply.bulk("client-info");
        reply.bulk(entry.client());
    }

    private static void load(Call call) {
        if (call.keyspace.users().file().isEmpty()) {
            call.error(NO_FILE);
            return;
        }
        String wrong = call.keyspace.users().load(call.session());
        okOr(call, wrong == null ? null : "ERR " + wrong);
    }

    private static void save(Call call) {
        if (call.keyspace.users().file().isEmpty()) {
            call.error(NO_FILE);
            return;
        }
        try {
            call.keyspace.users().save();
            call.reply().ok();
        } catch (IOException e) {
            System.getLogger("dev.situ.kv").log(System.Logger.Level.WARNING, "users could not be saved", e);
            call.error("ERR There was an error trying to save the ACLs. Please check the server logs for more"
                    + " information");
        }
    }
}
