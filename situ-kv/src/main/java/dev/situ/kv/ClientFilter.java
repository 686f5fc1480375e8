package dev.situ.kv;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which connections `CLIENT KILL` means: all that are as every option says. Used once; for one thread.
final class ClientFilter {
    /// The types of clients that may be asked for, and what they are called here.
    private static final Map<String, String> TYPES = Map.of(
            "normal", "normal",
            "master", "master",
            "slave", "replica",
            "replica", "replica",
            "pubsub", "pubsub");

    private long id;
    private @Nullable String address;
    private @Nullable String localAddress;
    private @Nullable String type;
    private @Nullable String user;
    private boolean skipsSelf = true;

    ClientFilter() {}

    /// The type that a word of a client means, or null if there is none.
    static @Nullable String type(String word) {
        return TYPES.get(Text.lowerCase(word));
    }

    /// The old form: a client at that address, also if it is who asks.
    static ClientFilter at(String address) {
        ClientFilter filter = new ClientFilter();
        filter.address = address;
        filter.skipsSelf = false;
        return filter;
    }

    /// Reads the options of a call. Gives null, or the error to reply with.
    @Nullable
    String read(Call call) {
        for (int i = 2; i < call.count(); i += 2) {
            if (!call.has(i + 1)) {
                return Errors.SYNTAX;
            }
            String wrong = read(call, Text.lowerCase(call.text(i)), i + 1);
            if (wrong != null) {
                return wrong;
            }
        }
        return null;
    }

    private @Nullable String read(Call call, String option, int argument) {
        String value = call.text(argument);
        switch (option) {
            case "id" -> {
                id = call.isNumber(argument) ? call.number(argument) : 0;
                return id > 0 ? null : "ERR client-id should be greater than 0";
            }
            case "type" -> {
                type = type(value);
                return type == null
                        ? "ERR Unknown client type '" + call.shown(argument, Integer.MAX_VALUE) + "'"
                        : null;
            }
            case "addr" -> address = value;
            case "laddr" -> localAddress = value;
            case "user" -> {
                user = value;
                return call.keyspace.users().find(value) != null
                        ? null
                        : "ERR No such user '" + call.shown(argument, 128) + "'";
            }
            case "skipme" -> {
                if (!value.equalsIgnoreCase("yes") && !value.equalsIgnoreCase("no")) {
                    return Errors.SYNTAX;
                }
                skipsSelf = value.equalsIgnoreCase("yes");
            }
            default -> {
                return Errors.SYNTAX;
            }
        }
        return null;
    }

    /// Says whether it means a session, when `self` asks.
    boolean matches(Session session, Session self) {
        Peer peer = session.peer();
        return peer != null
                && (session != self || !skipsSelf)
                && (id == 0 || session.id() == id)
                && (address == null || address.equals(peer.address()))
                && (localAddress == null || localAddress.equals(peer.localAddress()))
                && (user == null || user.equals(session.account().user().name()))
                && (type == null || type.equals(ClientLine.type(session)));
    }
}
