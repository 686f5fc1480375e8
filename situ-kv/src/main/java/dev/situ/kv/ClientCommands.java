package dev.situ.kv;

import static dev.situ.kv.CommandFlag.ADMIN;
import static dev.situ.kv.CommandFlag.LOADING;
import static dev.situ.kv.CommandFlag.NOSCRIPT;
import static dev.situ.kv.CommandFlag.STALE;

import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/// `CLIENT`: what a client tells and asks about itself, and about the others.
final class ClientCommands {
    private static final String[] HELP = {
        "CACHING (YES|NO)",
        "    Enable/disable tracking of the keys for next command in OPTIN/OPTOUT modes.",
        "GETREDIR",
        "    Return the client ID we are redirecting to when tracking is enabled.",
        "GETNAME",
        "    Return the name of the current connection.",
        "ID",
        "    Return the ID of the current connection.",
        "INFO",
        "    Return information about the current client connection.",
        "KILL <ip:port>",
        "    Kill connection made from <ip:port>.",
        "KILL <option> <value> [<option> <value> [...]]",
        "    Kill connections. Options are:",
        "    * ADDR (<ip:port>|<unixsocket>:0)",
        "      Kill connections made from the specified address",
        "    * LADDR (<ip:port>|<unixsocket>:0)",
        "      Kill connections made to specified local address",
        "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
        "      Kill connections by type.",
        "    * USER <username>",
        "      Kill connections authenticated by <username>.",
        "    * SKIPME (YES|NO)",
        "      Skip killing current connection (default: yes).",
        "LIST [options ...]",
        "    Return information about client connections. Options:",
        "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
        "      Return clients of specified type.",
        "UNPAUSE",
        "    Stop the current client pause, resuming traffic.",
        "PAUSE <timeout> [WRITE|ALL]",
        "    Suspend all, or just write, clients for <timeout> milliseconds.",
        "REPLY (ON|OFF|SKIP)",
        "    Control the replies sent to the current connection.",
        "SETNAME <name>",
        "    Assign the name <name> to the current connection.",
        "SETINFO <option> <value>",
        "    Set client meta attr. Options are:",
        "    * LIB-NAME: the client lib name.",
        "    * LIB-VER: the client lib version.",
        "UNBLOCK <clientid> [TIMEOUT|ERROR]",
        "    Unblock the specified blocked client.",
        "TRACKING (ON|OFF) [REDIRECT <id>] [BCAST] [PREFIX <prefix> [...]]",
        "         [OPTIN] [OPTOUT] [NOLOOP]",
        "    Control server assisted client side caching.",
        "TRACKINGINFO",
        "    Report tracking status for the current connection.",
        "NO-EVICT (ON|OFF)",
        "    Protect current client connection from eviction.",
        "NO-TOUCH (ON|OFF)",
        "    Noted and shown by CLIENT LIST; commands count as use of their keys nevertheless."
    };

    private ClientCommands() {}

    static CommandSpec.Builder declaration() {
        return CommandSpec.command("client", -2)
                .docs("connection", "2.4.0", "A container for client connection commands")
                .complexity("Depends on subcommand.")
                .subcommands(TrackingCommands.declarations())
                .subcommands(
                        subcommand("id", 2, "5.0.0", "Returns the client ID for the current connection")
                                .body(call ->
                                        call.reply().integer(call.session().id())),
                        subcommand("getname", 2, "2.6.9", "Get the current connection name")
                                .body(ClientCommands::getName),
                        subcommand("setname", 3, "2.6.9", "Set the current connection name")
                                .arguments("connection-name")
                                .body(ClientCommands::setName),
                        subcommand("setinfo", 4, "7.2.0", "Set client or connection specific info")
                                .arguments("attr:(libname:string=LIB-NAME | libver:string=LIB-VER)")
                                .body(ClientCommands::setInfo),
                        subcommand("info", 2, "6.2.0", "Describe the current connection")
                                .tips("nondeterministic_output")
                                .body(call -> call.reply().verbatim(ClientLine.of(call.session()))),
                        admin("list", -2, "2.4.0", "Describe all connections, or some")
                                .tips("nondeterministic_output")
                                .complexity("O(N) where N is the number of client connections")
                                .arguments("[normal_master_replica_pubsub:(normal=NORMAL | master=MASTER"
                                        + " | replica=REPLICA | pubsub=PUBSUB)=TYPE@5.0.0]"
                                        + " [id:{client-id:int...}=ID@6.2.0]")
                                .body(ClientCommands::list),
                        admin("kill", -3, "2.4.0", "Close connections")
                                .complexity("O(N) where N is the number of client connections")
                                .arguments("filter:('ip:port'!2.8.12 | new-format:([client-id:int=ID@2.8.12]"
                                        + " | [normal_master_slave_pubsub:(normal=NORMAL | master=MASTER@3.2.0 | slave=SLAVE"
                                        + " | replica=REPLICA@5.0.0 | pubsub=PUBSUB)=TYPE@2.8.12] | [username:string=USER]"
                                        + " | ['ip:port':string=ADDR] | ['ip:port':string=LADDR@6.2.0]"
                                        + " | ['yes/no':string=SKIPME])...)")
                                .body(ClientCommands::kill),
                        admin("pause", -3, "2.9.50", "Let commands wait for some time")
                                .arguments("timeout:int [mode:(write=WRITE | all=ALL)@6.2.0]")
                                .body(ClientCommands::pause),
                        admin("unpause", 2, "6.2.0", "Let commands that wait go on")
                                .complexity("O(N) Where N is the number of paused clients")
                                .body(ClientCommands::unpause),
                        subcommand("reply", 3, "3.2.0", "Say whether this connection wants replies")
                                .arguments("on_off_skip:(on=ON | off=OFF | skip=SKIP)")
                                .body(ClientCommands::reply),
                        admin("no-evict", 3, "7.0.0", "Ask for this connection not to be closed when memory is short")
                                .arguments("enabled:(on=ON | off=OFF)")
                                .body(call -> onOrOff(call, Session::setNeverEvicted)),
                        subcommand("no-touch", 3, "7.2.0", "Ask for commands not to count as use of their keys")
                                .arguments("enabled:(on=ON | off=OFF)")
                                .body(call -> onOrOff(call, Session::setNeverTouching)),
                        admin("unblock", -3, "5.0.0", "Let a client go on that waits in a command: none ever does")
                                .arguments("client-id:int [timeout_error:(timeout=TIMEOUT | error=ERROR)]")
                                .body(ClientCommands::unblock),
                        HelpSubcommand.declaration("connection", HELP).categories(AclCategory.CONNECTION));
    }

    private static CommandSpec.Builder subcommand(String name, int arity, String since, String summary) {
        return CommandSpec.command(name, arity)
                .flags(NOSCRIPT, LOADING, STALE)
                .categories(AclCategory.CONNECTION)
                .docs("connection", since, summary);
    }

    private static CommandSpec.Builder admin(String name, int arity, String since, String summary) {
        return subcommand(name, arity, since, summary).flags(ADMIN);
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

    // ---- the others -----------------------------------------------------------------------------------------------

    private static void list(Call call) {
        String option = call.has(2) ? Text.lowerCase(call.text(2)) : "";
        if (option.isEmpty() && !call.has(2)) {
            list(call, _ -> true);
        } else if (option.equals("type") && call.count() == 4) {
            String type = ClientFilter.type(call.text(3));
            if (type == null) {
                call.error("ERR Unknown client type '" + call.shown(3, Integer.MAX_VALUE) + "'");
            } else {
                list(call, session -> type.equals(ClientLine.type(session)));
            }
        } else if (option.equals("id") && call.has(3)) {
            listById(call);
        } else {
            call.error(Errors.SYNTAX);
        }
    }

    private static void listById(Call call) {
        StringBuilder lines = new StringBuilder();
        for (int i = 3; i < call.count(); i++) {
            if (!call.isNumber(i)) {
                call.error("ERR Invalid client ID");
                return;
            }
            Session session = call.keyspace.clients().find(call.number(i));
            if (session != null) {
                lines.append(ClientLine.of(session));
            }
        }
        call.reply().verbatim(lines.toString());
    }

    private static void list(Call call, Predicate<Session> wanted) {
        StringBuilder lines = new StringBuilder();
        for (Session session : call.keyspace.clients().all()) {
            if (wanted.test(session)) {
                lines.append(ClientLine.of(session));
            }
        }
        call.reply().verbatim(lines.toString());
    }

    private static void kill(Call call) {
        boolean old = call.count() == 3;
        ClientFilter filter = old ? ClientFilter.at(call.text(2)) : new ClientFilter();
        String wrong = old ? null : filter.read(call);
        if (wrong != null) {
            call.error(wrong);
            return;
        }
        int killed = 0;
        for (Session session : call.keyspace.clients().all()) {
            Peer peer = session.peer();
            if (peer != null && filter.matches(session, call.session())) {
                killed++;
                if (session == call.session()) {
                    session.closeAfterReply(); // it still gets the answer
                } else {
                    session.end(); // nobody sees it any more, though its thread may take a moment
                    peer.kill();
                }
            }
        }
        if (!old) {
            call.reply().integer(killed);
        } else if (killed == 0) {
            call.error("ERR No such client");
        } else {
            call.reply().ok();
        }
    }

    private static void pause(Call call) {
        boolean writesOnly = false;
        if (call.count() > 4) {
            call.error(Errors.unknownSubcommand(call));
            return;
        }
        if (call.has(3)) {
            writesOnly = call.text(3).equalsIgnoreCase("write");
            if (!writesOnly && !call.text(3).equalsIgnoreCase("all")) {
                call.error("ERR CLIENT PAUSE mode must be WRITE or ALL");
                return;
            }
        }
        if (!call.isNumber(2)) {
            call.error("ERR timeout is not an integer or out of range");
        } else if (call.number(2) < 0) {
            call.error("ERR timeout is negative");
        } else {
            call.keyspace.pause().begin(Math.min(call.number(2), Integer.MAX_VALUE * 1000L), writesOnly);
            call.reply().ok();
        }
    }

    private static void unpause(Call call) {
        call.keyspace.pause().end();
        call.keyspace.clients().wakeAll();
        call.reply().ok();
    }

    /// `CLIENT UNBLOCK id [TIMEOUT | ERROR]`: no command here waits for another client.
    private static void unblock(Call call) {
        if (call.count() > 4) {
            call.error(Errors.unknownSubcommand(call));
        } else if (call.has(3)
                && !call.text(3).equalsIgnoreCase("timeout")
                && !call.text(3).equalsIgnoreCase("error")) {
            call.error("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
        } else if (!call.isNumber(2)) {
            call.error(Errors.NOT_AN_INTEGER);
        } else {
            call.reply().integer(0);
        }
    }

    // ---- about itself ---------------------------------------------------------------------------------------------

    private static void reply(Call call) {
        Session session = call.session();
        if (session.mailbox() == null) {
            call.error(Errors.NO_SILENCE);
            return;
        }
        switch (Text.lowerCase(call.text(2))) {
            case "on" -> {
                session.set(Session.MUTED | Session.SKIPS, false);
                call.reply().ok();
            }
            case "off" -> {
                session.set(Session.MUTED, true);
                call.noReply();
            }
            case "skip" -> {
                if (!session.is(Session.MUTED)) {
                    session.set(Session.SKIPS_NEXT, true);
                }
                call.noReply();
            }
            default -> call.error(Errors.SYNTAX);
        }
    }

    private static void onOrOff(Call call, BiConsumer<Session, Boolean> set) {
        boolean on = call.text(2).equalsIgnoreCase("on");
        if (!on && !call.text(2).equalsIgnoreCase("off")) {
            call.error(Errors.SYNTAX);
        } else {
            set.accept(call.session(), on);
            call.reply().ok();
        }
    }
}
