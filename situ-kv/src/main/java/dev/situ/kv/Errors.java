package dev.situ.kv;

import java.util.Locale;

/// The texts of errors, byte for byte those of Redis 7.0.
final class Errors {
    static final String SYNTAX = "ERR syntax error";
    static final String NOT_AN_INTEGER = "ERR value is not an integer or out of range";
    static final String NOT_A_FLOAT = "ERR value is not a valid float";
    static final String TOO_LONG = "ERR string exceeds maximum allowed size (proto-max-bulk-len)";
    static final String BIT_OFFSET = "ERR bit offset is not an integer or out of range";
    static final String DIGEST = "ERR must be exactly 16 hexadecimal characters";
    static final String OUT_OF_MEMORY = "OOM command not allowed when used memory > 'maxmemory'.";
    static final String DB_INDEX = "ERR DB index is out of range";
    static final String SAME_OBJECT = "ERR source and destination objects are the same";
    static final String INT_RANGE = "ERR value is out of range, value must between -2147483648 and 2147483647";
    static final String WRONG_PASSWORD = "WRONGPASS invalid username-password pair or user is disabled.";
    static final String NO_PASSWORD_SET = "ERR AUTH <password> called without any password configured for the default"
            + " user. Are you sure your configuration is correct?";
    static final String NO_AUTH = "NOAUTH Authentication required.";
    static final String HELLO_WITHOUT_AUTH =
            "NOAUTH HELLO must be called with the client already authenticated, otherwise"
                    + " the HELLO AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol"
                    + " version at the same time";
    static final String CLIENT_NAME = "ERR Client names cannot contain spaces, newlines or special characters.";

    static final String NOT_IN_TRANSACTION = "ERR Command not allowed inside a transaction";
    static final String NO_CONNECTION = "ERR a request without a connection cannot ask for messages: use TCP";
    static final String NO_SILENCE = "ERR a request without a connection is always answered: use TCP";
    /// Of Redis, to which a monitor is a kind of replica.
    static final String WHILE_MONITORING = "ERR Replica can't interact with the keyspace";

    static final String QUEUE_TOO_LARGE = "ERR the transaction is larger than one connection may hold";

    private static final int SHOWN = 128;
    /// An option is shown whole, but not if it is of megabytes.
    private static final int OPTION_SHOWN = 4096;

    private Errors() {}

    static String arity(CommandSpec spec) {
        return "ERR wrong number of arguments for '" + spec.fullName + "' command";
    }

    /// A user may not run a command.
    static String notPermitted(CommandSpec spec, Denied.Reason reason) {
        return "NOPERM this user has no permissions to "
                + switch (reason) {
                    case KEY -> "access one of the keys used as arguments";
                    case CHANNEL -> "access one of the channels used as arguments";
                    default -> "run the '" + spec.fullName + "' command";
                };
    }

    /// A user may not run a command any more that it has queued.
    static String noLongerPermitted(Denied.Reason reason) {
        return "NOPERM ACLs rules changed between the moment the transaction was accumulated and the EXEC call. This"
                + " command is no longer allowed for the following reason: "
                + switch (reason) {
                    case KEY -> "no permission to touch the specified keys";
                    case CHANNEL -> "no permission to access one of the channels used as arguments to the command";
                    default -> "no permission to execute the command or subcommand";
                };
    }

    /// What the refusal of a command becomes that ends the transaction.
    static String execAbort(String error) {
        return "EXECABORT Transaction discarded because of: " + (error.startsWith("ERR ") ? error.substring(4) : error);
    }

    static String whileSubscribed(CommandSpec spec) {
        return "ERR Can't execute '" + spec.fullName + "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET"
                + " are allowed in this context";
    }

    static String expireTime(CommandSpec spec) {
        return "ERR invalid expire time in '" + spec.fullName + "' command";
    }

    static String unsupportedOption(Call call, int argument) {
        return "ERR Unsupported option " + call.shown(argument, OPTION_SHOWN).replaceFirst("[\r\n]+\\z", "");
    }

    static String unknownCommand(Call call) {
        StringBuilder arguments = new StringBuilder();
        for (int i = 1; i < call.count() && arguments.length() < SHOWN; i++) {
            String shown = call.shown(i, SHOWN - arguments.length());
            arguments.append('\'').append(shown).append("' ");
        }
        return "ERR unknown command '" + call.shown(0, SHOWN) + "', with args beginning with: " + arguments;
    }

    /// What Redis says of a subcommand that it knows, when it does not know it with these arguments.
    static String unknownSubcommand(Call call) {
        String parent = call.spec().fullName.split("\\|", 2)[0].toUpperCase(Locale.ROOT);
        return "ERR unknown subcommand or wrong number of arguments for '" + call.shown(1, SHOWN) + "'. Try " + parent
                + " HELP.";
    }

    static String unknownSubcommand(Call call, CommandSpec parent) {
        return "ERR unknown subcommand '" + call.shown(1, SHOWN) + "'. Try " + parent.name.toUpperCase(Locale.ROOT)
                + " HELP.";
    }
}
