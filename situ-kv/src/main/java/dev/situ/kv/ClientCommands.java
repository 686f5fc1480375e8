package dev.situ.kv;

import static dev.situ.kv.CommandFlag.LOADING;
import static dev.situ.kv.CommandFlag.NOSCRIPT;
import static dev.situ.kv.CommandFlag.STALE;

import java.util.Locale;

/// `CLIENT`: what a client tells and asks about itself.
final class ClientCommands {
    private static final String[] HELP = {
        "GETNAME",
        "    Return the name of the current connection.",
        "ID",
        "    Return the ID of the current connection.",
        "SETNAME <name>",
        "    Assign the name <name> to the current connection.",
        "SETINFO <option> <value>",
        "    Set client meta attr. Options are:",
        "    * LIB-NAME: the client lib name.",
        "    * LIB-VER: the client lib version."
    };

    private ClientCommands() {}

    static CommandSpec.Builder declaration() {
        return CommandSpec.command("client", -2)
                .docs("connection", "2.4.0", "A container for client connection commands")
                .complexity("Depends on subcommand.")
                .subcommands(
                        subcommand("id", 2, "5.0.0", "Returns the client ID for the current connection")
                                .body(call ->
                                        call.reply().integer(call.session().id())),
                        subcommand("getname", 2, "2.6.9", "Get the current connection name")
                                .body(ClientCommands::getName),
                        subcommand("setname", 3, "2.6.9", "Set the current connection name")
                                .body(ClientCommands::setName),
                        subcommand("setinfo", 4, "7.2.0", "Set client or connection specific info")
                                .body(ClientCommands::setInfo),
                        HelpSubcommand.declaration("connection", HELP).categories(AclCategory.CONNECTION));
    }

    private static CommandSpec.Builder subcommand(String name, int arity, String since, String summary) {
        return CommandSpec.command(name, arity)
                .flags(NOSCRIPT, LOADING, STALE)
                .categories(AclCategory.CONNECTION)
                .docs("connection", since, summary);
    }

    private static void getName(Call call) {
        String name = call.session().name();
        if (name.isEmpty()) {
            call.reply().nothing();
        } else {
            call.reply().bulk(name);
        }
    }

    private static void setName(Call call) {
        if (name(call, 2)) {
            call.reply().ok();
        }
    }

    /// Names the session as an argument says. Replies with an error, and gives false, if it may not be called
    /// so.
    static boolean name(Call call, int argument) {
        String name = call.text(argument);
        if (!isPrintable(name)) {
            call.error(Errors.CLIENT_NAME);
            return false;
        }
        call.session().setName(name);
        return true;
    }

    private static void setInfo(Call call) {
        String option = call.text(2).toLowerCase(Locale.ROOT);
        if (!option.equals("lib-name") && !option.equals("lib-ver")) {
            call.error("ERR Unrecognized option '" + call.shown(2, Integer.MAX_VALUE) + "'");
            return;
        }
        String value = call.text(3);
        if (!isPrintable(value)) {
            call.error("ERR " + option + " cannot contain spaces, newlines or special characters.");
            return;
        }
        if (option.equals("lib-name")) {
            call.session().setLibraryName(value);
        } else {
            call.session().setLibraryVersion(value);
        }
        call.reply().ok();
    }

    private static boolean isPrintable(String text) {
        return text.chars().allMatch(c -> c >= '!' && c <= '~');
    }
}
