package dev.situ.kv;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/// Random commands out of those that Situ has, with the arguments that go wrong most easily.
final class RandomCommands {
    private static final List<String> NAMES = List.of(
            "get",
            "set",
            "set",
            "set",
            "del",
            "exists",
            "ping",
            "echo",
            "hello",
            "auth",
            "select",
            "client",
            "config",
            "command",
            "dbsize",
            "flushall",
            "flushdb",
            "info");
    private static final List<String> UNKNOWN =
            List.of("foo", "", "ge", "getx", "get ", "G\0ET", "a\r\nb", "client|id", "x".repeat(200));
    private static final List<String> OPTIONS =
            List.of("NX", "XX", "GET", "KEEPTTL", "EX", "PX", "EXAT", "PXAT", "nx", "Get", "what", "");
    private static final List<String> NUMBERS = List.of(
            "0",
            "1",
            "-1",
            "100",
            "1000000",
            "4102444800",
            "4102444800000",
            "9223372036854775807",
            "-9223372036854775808",
            "9223372036854775808",
            "9223372036854775",
            "9223372036854776",
            "99999999999999999999",
            "+1",
            " 1",
            "01",
            "1.5",
            "x",
            "",
            "2147483648",
            "-2147483649");
    private static final List<String> DECLARED = List.of(
            "get",
            "set",
            "del",
            "exists",
            "ping",
            "echo",
            "hello",
            "auth",
            "select",
            "quit",
            "dbsize",
            "flushall",
            "flushdb",
            "info",
            "client|id",
            "client|getname",
            "client|setname",
            "config|get",
            "command|count",
            "command|info",
            "command|docs",
            "GET",
            "nope",
            "client|nope",
            "get|x");
    private static final List<String> SETTINGS =
            List.of("save", "appendonly", "SAVE", "nope", "proto-max-bulk-len", "databases");

    private final Random random;

    RandomCommands(long seed) {
        random = new Random(seed);
    }

    private String one(List<String> of) {
        return of.get(random.nextInt(of.size()));
    }

    private String key() {
        return switch (random.nextInt(12)) {
            case 0 -> "";
            case 1 -> "\0\u00ff\r\n$";
            case 2 -> "k".repeat(500);
            default -> "key" + random.nextInt(6);
        };
    }

    private String value() {
        return switch (random.nextInt(14)) {
            case 0 -> "";
            case 1 -> "\r\n\0\u0080";
            case 2 -> "v".repeat(16_384 + random.nextInt(40_000));
            case 3 -> one(NUMBERS);
            case 4 -> "v".repeat(random.nextInt(9000));
            default -> "value" + random.nextInt(1000);
        };
    }

    private String index() {
        return random.nextInt(4) == 0 ? one(NUMBERS) : Integer.toString(random.nextInt(30) - 15);
    }

    /// A time to expire at or after: never one that comes while the test runs.
    private String time() {
        String number = one(NUMBERS);
        return number.equals("1") || number.equals("100") || random.nextBoolean() ? "4102444800" : number;
    }

    private String anything() {
        return switch (random.nextInt(6)) {
            case 0 -> key();
            case 1 -> value();
            case 2 -> one(OPTIONS);
            case 3 -> one(UNKNOWN);
            default -> one(NUMBERS);
        };
    }

    /// The next command; sometimes two that belong together.
    List<List<String>> next() {
        int kind = random.nextInt(100);
        String name = one(NAMES);
        List<String> command = new ArrayList<>();
        if (kind < 3) {
            command.add(one(UNKNOWN));
            addAnything(command, 5);
            return List.of(command);
        }
        command.add(random.nextInt(4) == 0 ? name.toUpperCase(Locale.ROOT) : name);
        if (kind < 10
                && !List.of("client", "config", "command", "info", "flushall", "flushdb")
                        .contains(name)) {
            addAnything(command, 5);
            return List.of(command);
        }
        addArguments(command, name);
        if (command.size() > 3 && (name.equals("set") || name.endsWith("setex"))) {
            // A key that has expired already is gone for sure once it was looked up.
            return List.of(command, List.of("GET", command.get(1)));
        }
        return List.of(command);
    }

    private void addAnything(List<String> command, int most) {
        int count = random.nextInt(most);
        for (int i = 0; i < count; i++) {
            command.add(anything());
        }
    }

    private void addArguments(List<String> command, String name) {
        switch (name) {
            case "get", "strlen", "getdel", "incr", "decr", "type", "ttl", "pttl", "expiretime", "pexpiretime" ->
                command.add(key());
            case "getrange", "substr" -> {
                command.add(key());
                command.add(index());
                command.add(index());
            }
            case "setnx", "getset" -> {
                command.add(key());
                command.add(value());
            }
            case "setex", "psetex" -> {
                command.add(key());
                command.add(time());
                command.add(value());
            }
            case "incrby", "decrby" -> {
                command.add(key());
                command.add(one(NUMBERS));
            }
            case "set" -> {
                command.add(key());
                command.add(value());
                addSetOptions(command);
            }
            case "del", "exists", "unlink", "touch", "mget" -> {
                for (int i = random.nextInt(4); i >= 0; i--) {
                    command.add(key());
                }
            }
            case "ping", "echo" -> command.add(value());
            case "hello" -> addHello(command);
            case "auth" -> {
                command.add(random.nextBoolean() ? "default" : "someone");
                if (random.nextBoolean()) {
                    command.add("secret");
                }
            }
            case "select" -> command.add(random.nextBoolean() ? "0" : one(NUMBERS));
            case "client" -> addClient(command);
            case "config" -> {
                command.add(one(List.of("GET", "get", "GET", "nope")));
                for (int i = random.nextInt(2); i > 0; i--) {
                    command.add(one(SETTINGS));
                }
            }
            case "command" -> addCommand(command);
            case "flushall", "flushdb" -> {
                if (random.nextBoolean()) {
                    command.add(one(List.of("SYNC", "async", "ASYNC", "x", "")));
                }
            }
            case "info" -> command.add(one(List.of("keyspace", "KEYSPACE", "nope", "")));
            default -> {
                // dbsize
            }
        }
    }

    private void addSetOptions(List<String> command) {
        for (int i = random.nextInt(5) - 2; i > 0; i--) {
            String option = one(OPTIONS);
            command.add(option);
            if (option.length() >= 2 && random.nextInt(8) != 0 && "EXAT PXAT EX PX".contains(option)) {
                command.add(time());
            }
        }
    }

    private void addHello(List<String> command) {
        command.add(one(List.of("2", "3", "3", "4", "x", "0", "")));
        if (random.nextInt(3) == 0) {
            command.add("AUTH");
            command.add(random.nextBoolean() ? "default" : "someone");
            command.add("secret");
        }
        if (random.nextInt(3) == 0) {
            command.add("SETNAME");
            command.add(one(List.of("me", "a b", "", "m\u00e9")));
        }
        if (random.nextInt(8) == 0) {
            command.add(one(OPTIONS));
        }
    }

    private void addClient(List<String> command) {
        switch (random.nextInt(6)) {
            case 0 -> command.add("id");
            case 1 -> command.add("GETNAME");
            case 2 -> {
                command.add("setname");
                command.add(one(List.of("me", "a b", "", "you", "\n")));
            }
            case 3 -> command.add("setname");
            case 4 -> command.add(one(UNKNOWN));
            default -> {
                command.add("getname");
                command.add("x");
            }
        }
    }

    private void addCommand(List<String> command) {
        switch (random.nextInt(5)) {
            case 0 -> {
                command.add("count");
                command.add("x");
            }
            case 1 -> {
                command.add("docs");
                command.add(one(DECLARED));
            }
            case 2 -> command.add(one(UNKNOWN));
            default -> {
                command.add("INFO");
                for (int i = random.nextInt(3); i >= 0; i--) {
                    command.add(one(DECLARED));
                }
            }
        }
    }
}
