package dev.situ.kv;

import static dev.situ.kv.CommandFlag.ALLOW_BUSY;
import static dev.situ.kv.CommandFlag.FAST;
import static dev.situ.kv.CommandFlag.LOADING;
import static dev.situ.kv.CommandFlag.NOSCRIPT;
import static dev.situ.kv.CommandFlag.NO_AUTH;
import static dev.situ.kv.CommandFlag.STALE;

import dev.situ.resp.Command;
import java.util.List;

/// Commands on the connection itself: `PING`, `ECHO`, `HELLO`, `AUTH`, `RESET`, `QUIT`, `WAIT`.
final class ConnectionCommands {
    private static final byte[] PONG = Text.bytes("+PONG\r\n");
    private static final byte[] RESET = Text.bytes("+RESET\r\n");
    private static final byte[] AUTH = Text.bytes("auth");
    private static final byte[] SETNAME = Text.bytes("setname");

    private ConnectionCommands() {}

    static List<CommandSpec.Builder> declarations() {
        return List.of(
                CommandSpec.command("ping", -1)
                        .flags(FAST)
                        .categories(AclCategory.CONNECTION)
                        .tips("request_policy:all_shards", "response_policy:all_succeeded")
                        .arguments("[message]")
                        .docs("connection", "1.0.0", "Ping the server")
                        .isForSubscribers()
                        .body(ConnectionCommands::ping),
                CommandSpec.command("echo", 2)
                        .flags(LOADING, STALE, FAST)
                        .categories(AclCategory.CONNECTION)
                        .arguments("message")
                        .docs("connection", "1.0.0", "Echo the given string")
                        .body(call -> echo(call, 1)),
                CommandSpec.command("hello", -1)
                        .flags(NOSCRIPT, LOADING, STALE, FAST, NO_AUTH, ALLOW_BUSY)
                        .categories(AclCategory.CONNECTION)
                        .arguments("[arguments:{protover:int [username_password:{username password}=AUTH]"
                                + " [clientname:string=SETNAME]}]")
                        .docs("connection", "6.0.0", "Handshake with Redis")
                        .secretFrom(3)
                        .body(ConnectionCommands::hello),
                CommandSpec.command("auth", -2)
                        .flags(NOSCRIPT, LOADING, STALE, FAST, NO_AUTH, ALLOW_BUSY)
                        .categories(AclCategory.CONNECTION)
                        .arguments("[username@6.0.0] password")
                        .docs("connection", "1.0.0", "Authenticate to the server")
                        .complexity("O(N) where N is the number of passwords defined for the user")
                        .secretFrom(1)
                        .body(ConnectionCommands::auth),
                CommandSpec.command("wait", 3)
                        .flags(NOSCRIPT)
                        .categories(AclCategory.CONNECTION)
                        .tips("request_policy:all_shards", "response_policy:agg_min")
                        .arguments("numreplicas:int timeout:int")
                        .docs("generic", "3.0.0", "Tell how many replicas have the writes of this connection: none")
                        .body(ConnectionCommands::waitForReplicas),
                CommandSpec.command("quit", -1)
                        .flags(NOSCRIPT, LOADING, STALE, FAST, NO_AUTH, ALLOW_BUSY)
                        .categories(AclCategory.CONNECTION)
                        .docs("connection", "1.0.0", "Close the connection")
                        .isNeverQueued()
                        .isForSubscribers()
                        .body(ConnectionCommands::quit),
                CommandSpec.command("reset", 1)
                        .flags(NOSCRIPT, LOADING, STALE, FAST, NO_AUTH, ALLOW_BUSY)
                        .categories(AclCategory.CONNECTION)
                        .docs("connection", "6.2.0", "Make the connection as a new one")
                        .isNeverQueued()
                        .isForSubscribers()
                        .body(ConnectionCommands::reset),
                ClientCommands.declaration());
    }

    private static void ping(Call call) {
        if (call.count() > 2) {
            call.error(Errors.arity(call.spec()));
        } else if (call.session().is(Session.SUBSCRIBED) && !call.reply().isResp3()) {
            pingSubscribed(call);
        } else if (call.count() == 2) {
            echo(call, 1);
        } else {
            call.reply().raw(PONG);
        }
    }

    /// In the form of a message, for clients that get nothing else then.
    private static void pingSubscribed(Call call) {
        call.reply().array(2);
        call.reply().bulk("pong");
        if (call.count() == 2) {
            echo(call, 1);
        } else {
            call.reply().bulk("");
        }
    }

    private static void echo(Call call, int argument) {
        Command command = call.command();
        call.reply().bulk(command.memory(), command.offset(argument), command.length(argument));
    }

    private static void hello(Call call) {
        int protocol = call.session().protocol();
        if (call.count() > 1) {
            if (!call.isNumber(1)) {
                call.error("ERR Protocol version is not an integer or out of range");
                return;
            }
            long wanted = call.number(1);
            if (wanted != 2 && wanted != 3) {
                call.error("NOPROTO unsupported protocol version");
                return;
            }
            protocol = (int) wanted;
        }
        // One by one and at once, as Redis does: an error leaves what came before it done.
        for (int i = 2; i < call.count(); i++) {
            int more = call.count() - 1 - i;
            if (more >= 2 && call.is(i, AUTH)) {
                if (!authenticate(call, call.text(i + 1), call.text(i + 2))) {
                    call.error(Errors.WRONG_PASSWORD);
                    return;
                }
                i += 2;
            } else if (more >= 1 && call.is(i, SETNAME)) {
                if (!ClientCommands.name(call, ++i)) {
                    return;
                }
            } else {
                call.error("ERR Syntax error in HELLO option '" + call.shown(i, Integer.MAX_VALUE) + "'");
                return;
            }
        }
        if (call.session().account().isStranger()) {
            call.error(Errors.HELLO_WITHOUT_AUTH);
            return;
        }
        call.session().setProtocol(protocol);
        greet(call, protocol);
    }

    private static void greet(Call call, int protocol) {
        Reply reply = call.reply();
        reply.protocol(protocol);
        reply.map(7);
        reply.bulk("server");
        reply.bulk("redis"); // Clients look for this name.
        reply.bulk("version");
        reply.bulk(Keyspace.REDIS_VERSION);
        reply.bulk("proto");
        reply.integer(protocol);
        reply.bulk("id");
        reply.integer(call.session().id());
        reply.bulk("mode");
        reply.bulk("standalone");
        reply.bulk("role");
        reply.bulk("master");
        reply.bulk("modules");
        reply.array(0);
    }

    private static boolean authenticate(Call call, String name, String password) {
        return call.keyspace.users().authenticate(call.session(), name, password, call.text(0));
    }

    private static void auth(Call call) {
        if (call.count() > 3) {
            call.error(Errors.SYNTAX);
        } else if (call.count() == 2 && call.keyspace.users().isDefaultWithoutPassword()) {
            call.error(Errors.NO_PASSWORD_SET);
        } else if (authenticate(call, call.count() == 2 ? User.DEFAULT : call.text(1), call.text(call.count() - 1))) {
            call.reply().ok();
        } else {
            call.error(Errors.WRONG_PASSWORD);
        }
    }

    private static void quit(Call call) {
        call.session().closeAfterReply();
        call.reply().ok();
    }

    private static void reset(Call call) {
        call.session().transaction().end(call.worker);
        call.keyspace.monitors().remove(call.session());
        call.session().subscriptions().clear(call.keyspace.channels());
        call.keyspace.stopTracking(call.session());
        call.session().resetClient();
        call.keyspace.welcome(call.session());
        call.select(call.session().database());
        call.reply().raw(RESET);
    }

    /// There are no replicas, so none will come however long one waits.
    private static void waitForReplicas(Call call) {
        if (!call.isNumber(1)) {
            call.error(Errors.NOT_AN_INTEGER);
        } else if (!call.isNumber(2)) {
            call.error("ERR timeout is not an integer or out of range");
        } else if (call.number(2) < 0) {
            call.error("ERR timeout is negative");
        } else {
            call.reply().integer(0);
        }
    }
}
