package dev.situ.kv;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/// Random commands out of those that Situ has, with the arguments that go wrong most easily.
final class RandomCommands {
    /// The commands that are made; those that come more often are named more often.
    static final List<String> NAMES = words("""
            get set set set set set getrange substr strlen mget setnx setex psetex getset getdel
            append append setrange setrange getex getex incr decr incrby decrby incrbyfloat incrbyfloat
            setbit setbit getbit bitcount bitcount bitpos bitpos bitfield bitfield bitfield_ro lcs lcs
            del unlink touch exists type ttl pttl expiretime pexpiretime
            expire expire pexpire pexpire expireat expireat pexpireat pexpireat persist persist
            mset mset msetnx rename rename renamenx copy copy bitop bitop
            keys scan randomkey object object dump dump restore restore wait
            select select select move move swapdb
            ping echo hello auth client config command dbsize flushall flushdb info""");
    private static final List<String> FIXED =
            List.of("client", "config", "command", "info", "flushall", "flushdb", "scan", "wait", "object");
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
    private static final List<String> DECLARED = words("""
            get set del exists ping echo hello auth select move swapdb quit dbsize flushall flushdb info
            getrange substr strlen mget setnx setex psetex getset getdel append setrange getex
            incr decr incrby decrby incrbyfloat setbit getbit bitcount bitpos bitfield bitfield_ro lcs
            unlink touch type ttl pttl expiretime pexpiretime expire pexpire expireat pexpireat persist
            mset msetnx rename renamenx copy bitop multi exec discard watch unwatch reset
            keys scan randomkey dump restore wait object|encoding object|freq object|idletime object|refcount object|help
            client|id client|getname client|setname client|info client|list client|kill client|pause client|unpause client|reply client|no-evict client|tracking client|caching client|trackinginfo client|getredir client|unblock config|get config|set config|resetstat config|rewrite command|count command|info command|docs command|list command|getkeys command|getkeysandflags slowlog|get slowlog|len slowlog|reset latency|histogram latency|latest latency|history latency|reset latency|graph latency|doctor memory|malloc-stats memory|usage memory|stats memory|doctor memory|purge time lolwut monitor shutdown debug function|flush script|flush subscribe psubscribe unsubscribe punsubscribe publish pubsub|channels pubsub|numsub pubsub|numpat
            GET nope client|nope get|x""");
    private static final List<String> FLOATS = words("""
            0 -0 0.1 .5 5. -.5 1e3 1E-3 1e+2 1e5000 1e-5000 1e-4940 -1e4932 9e4931 inf -Infinity nan 0x1.8p3 0x.8 0x1p-70
            0x 1e . - + +3.0 3.14159265358979323846264338327950288 100000000000000000000000000 1e17 12345678901234567.5
            0.00000000000000000049 0.000000000000000005 0.000000000000000015 1.5e-17 99999999999999999.99999999999999999
            18446744073709551615 18446744073709551617 36893488147419103235 0e99999999999 1e99999999999 1e-99999999999""");
    private static final List<String> PATTERNS = words("""
            * ** key* k*[0-2] key[^1] key? key\\? *y* [a-k]ey1 [k-a]ey1 key[ key[1 key[\\]] *\u00ff* [\0-\u00ff]* *$ a*b key1 \\k* []]""");
    // Serialised strings in hexadecimal, whole and damaged, and the version that follows them.
    private static final List<String> PAYLOADS = words("""
            0003616263 00036162 00c0fb 00c10180 00c201000080 00c2010000 004003616263 008000000003616263 0080ff000003616263
            0081000000000000000003616263 00810000000000000003616263 0081ff0000000000000003616263 008200 00c400
            00c3040b0061e00100 00c3040a0061e00100 00c3040b0061e00101 00c304060261626320 00c306070261626340 0278
            0003616263646566 6303616263""");
    private static final List<String> VERSIONS = words("0a00 0a00 0a00 0a00 0a00 0b00 0000 0101");
    private static final List<String> FIELDS =
            words("u1 u2 u4 u7 u8 u8 u16 u31 u32 u63 i1 i2 i8 i8 i16 i33 i63 i64 u64 i65 i0 u u08 I8 8 x");
    // None that makes a value of hundreds of megabytes.
    private static final List<String> PLACES = words("""
            -1 x 1.5 01 4294967296 4294967297 9223372036854775807 9223372036854775808 536870912 99999999999 5000 #3""");
    private static final List<String> SETTINGS =
            List.of("save", "appendonly", "SAVE", "nope", "proto-max-bulk-len", "databases");

    /// The commands of transactions, made besides.
    static final List<String> BEGINNINGS =
            words("watch watch watch multi MULTI multi MULTI exec discard unwatch reset");
    private static final List<String> ENDINGS = words("exec EXEC exec EXEC exec discard multi watch unwatch reset");

    private final Random random;
    private boolean queueing;
    private boolean watching;

    RandomCommands(long seed) {
        random = new Random(seed);
    }

    private static List<String> words(String text) {
        return List.of(text.strip().split("\\s+"));
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
        return switch (random.nextInt(18)) {
            case 14 -> number();
            case 15 -> bytes(random.nextInt(40));
            case 16 -> "\u00ff".repeat(random.nextInt(20));
            case 17 -> "\0".repeat(random.nextInt(20));
            case 0 -> "";
            case 1 -> "\r\n\0\u0080";
            case 2 -> "v".repeat(16_384 + random.nextInt(40_000));
            case 3 -> one(NUMBERS);
            case 4 -> "v".repeat(random.nextInt(9000));
            default -> "value" + random.nextInt(1000);
        };
    }

    private String bytes(int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) random.nextInt(256));
        }
        return text.toString();
    }

    /// A number with a fraction, or nearly one.
    String number() {
        return switch (random.nextInt(6)) {
            case 0 -> one(FLOATS);
            case 1 -> Double.toString(random.nextGaussian());
            case 2 -> Double.toString(Double.longBitsToDouble(random.nextLong()));
            case 3 -> random.nextInt(1000) + "." + random.nextInt(1_000_000);
            case 4 -> "-" + random.nextLong(Long.MAX_VALUE) + "." + random.nextLong(Long.MAX_VALUE);
            default -> Integer.toString(random.nextInt(2000) - 1000);
        };
    }

    private String database() {
        return random.nextInt(4) == 0 ? one(NUMBERS) : one(List.of("0", "0", "1", "1", "2", "15", "16"));
    }

    /// The number of a bit or a byte: of values that are short.
    private String place() {
        return random.nextInt(6) == 0 ? one(PLACES) : Integer.toString(random.nextInt(300));
    }

    private String place(int most) {
        return random.nextInt(6) == 0 ? one(NUMBERS) : Integer.toString(random.nextInt(2 * most) - most);
    }

    private String index() {
        return random.nextInt(4) == 0 ? one(NUMBERS) : Integer.toString(random.nextInt(30) - 15);
    }

    /// A time to expire at or after: never one that comes while the test runs.
    private String time() {
        String number = one(NUMBERS);
        return number.equals("1") || number.equals("100") || random.nextBoolean() ? "4102444800" : number;
    }

    /// A time for a command that takes any: over for long, none at all, or far away, and then no two so near to
    /// each other that it matters when the servers get the commands.
    private String time(String name) {
        if (random.nextInt(4) == 0) {
            String time = one(NUMBERS);
            // What is beyond the year 10000 is cut here, and so not later or earlier than each other.
            if (!time.equals("1")
                    && !time.equals("100")
                    && !time.startsWith("41")
                    && !time.startsWith("922337203685477")) {
                return time;
            }
        }
        return 4_102_444_800L + random.nextInt(1_000_000_000) + (name.equals("pexpireat") ? "000" : "");
    }

    private String payload() {
        if (random.nextInt(10) == 0) {
            return value();
        }
        byte[] bytes = HexFormat.of().parseHex(one(PAYLOADS) + one(VERSIONS));
        long crc = Crc64.update(0, MemorySegment.ofArray(bytes), 0, bytes.length);
        StringBuilder payload = new StringBuilder(Text.of(bytes));
        for (int i = 0; i < 64; i += 8) {
            payload.append((char) (crc >>> i & 0xFF));
        }
        if (random.nextInt(10) == 0) {
            payload.setCharAt(random.nextInt(payload.length()), (char) random.nextInt(256));
        }
        return payload.toString();
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
        if (random.nextInt(queueing ? 6 : 20) == 0) {
            return List.of(transaction());
        }
        int kind = random.nextInt(100);
        String name = one(NAMES);
        List<String> command = new ArrayList<>();
        if (kind < 3) {
            command.add(one(UNKNOWN));
            addAnything(command, 5);
            return List.of(command);
        }
        command.add(random.nextInt(4) == 0 ? name.toUpperCase(Locale.ROOT) : name);
        if (kind < 10 && !FIXED.contains(name)) {
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

    private List<String> transaction() {
        String name = one(queueing ? ENDINGS : BEGINNINGS);
        List<String> command = new ArrayList<>();
        command.add(name);
        if (name.equals("watch")) {
            for (int i = random.nextInt(3); i >= 0; i--) {
                command.add(key());
            }
            watching |= !queueing;
        } else if (name.equalsIgnoreCase("multi")) {
            queueing = true;
        } else {
            queueing &= name.equals("unwatch");
            watching &= queueing;
            if (random.nextInt(12) == 0) {
                command.add(anything());
            }
        }
        return command;
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
            case "ping", "echo" -> command.add(value());
            case "hello" -> addHello(command);
            case "auth" -> {
                command.add(random.nextBoolean() ? "default" : "someone");
                if (random.nextBoolean()) {
                    command.add("secret");
                }
            }
            case "select" -> command.add(database());
            case "move" -> {
                command.add(key());
                command.add(database());
            }
            case "swapdb" -> {
                command.add(database());
                command.add(database());
            }
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
            default -> addStringArguments(command, name);
        }
    }

    private void addStringArguments(List<String> command, String name) {
        switch (name) {
            case "getrange", "substr" -> {
                command.add(key());
                command.add(index());
                command.add(index());
            }
            case "append" -> {
                command.add(key());
                command.add(value());
            }
            case "setrange" -> {
                command.add(key());
                String place = place();
                command.add(place.equals("4294967296") ? "536870911" : place);
                command.add(place.equals("4294967296") ? "ab" : value());
            }
            case "incrbyfloat" -> {
                command.add(key());
                command.add(number());
            }
            case "getex" -> {
                command.add(key());
                for (int i = random.nextInt(3); i > 0; i--) {
                    String option = one(List.of("EX", "px", "EXAT", "PXAT", "PERSIST", "PERSIST", "KEEPTTL", "NX"));
                    command.add(option);
                    if (option.length() <= 4 && random.nextInt(8) != 0) {
                        command.add(time());
                    }
                }
            }
            case "mset", "msetnx" -> {
                for (int i = random.nextInt(3); i >= 0; i--) {
                    command.add(key());
                    command.add(value());
                }
                if (random.nextInt(10) == 0) {
                    command.add(key());
                }
            }
            case "lcs" -> {
                command.add(key());
                command.add(key());
                for (int i = random.nextInt(4); i > 0; i--) {
                    String option = one(List.of("LEN", "idx", "IDX", "WITHMATCHLEN", "MINMATCHLEN", "x"));
                    command.add(option);
                    if (option.equals("MINMATCHLEN")) {
                        command.add(random.nextInt(4) == 0 ? one(NUMBERS) : Integer.toString(random.nextInt(5)));
                    }
                }
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
            default -> addBitArguments(command, name);
        }
    }

    private void addBitArguments(List<String> command, String name) {
        switch (name) {
            case "setbit" -> {
                command.add(key());
                String place = place();
                command.add(place.equals("536870912") || place.equals("4294967295") ? "7" : place);
                command.add(random.nextInt(8) == 0 ? one(NUMBERS) : Integer.toString(random.nextInt(2)));
            }
            case "getbit" -> {
                command.add(key());
                command.add(place());
            }
            case "bitcount", "bitpos" -> {
                command.add(key());
                if (name.equals("bitpos")) {
                    command.add(random.nextInt(8) == 0 ? one(NUMBERS) : Integer.toString(random.nextInt(2)));
                }
                for (int i = random.nextInt(4); i > 0; i--) {
                    command.add(i == 1 && random.nextBoolean() ? one(List.of("BIT", "byte", "x")) : place(200));
                }
            }
            case "bitfield", "bitfield_ro" -> addBitfield(command);
            case "bitop" -> {
                command.add(one(List.of("AND", "and", "OR", "XOR", "NOT", "NOT", "x")));
                for (int i = random.nextInt(4); i >= -1; i--) {
                    command.add(key());
                }
            }
            default -> addKeyArguments(command, name);
        }
    }

    private void addKeyArguments(List<String> command, String name) {
        switch (name) {
            case "expire", "pexpire", "expireat", "pexpireat" -> {
                command.add(key());
                command.add(random.nextInt(6) == 0 ? "-" + random.nextInt(100_000) : time(name));
                for (int i = random.nextInt(4) - 1; i > 0; i--) {
                    command.add(one(List.of("NX", "xx", "XX", "GT", "gt", "LT", "LT", "x")));
                }
            }
            case "rename", "renamenx" -> {
                command.add(key());
                command.add(key());
            }
            case "copy" -> {
                command.add(key());
                command.add(key());
                for (int i = random.nextInt(4) - 1; i > 0; i--) {
                    String option = one(List.of("REPLACE", "replace", "DB", "x"));
                    command.add(option);
                    if (option.equals("DB")) {
                        command.add(database());
                    }
                }
            }
            case "persist", "dump" -> command.add(key());
            case "keys" -> command.add(random.nextInt(4) == 0 ? key() : one(PATTERNS));
            case "scan" -> {
                // The cursor that is given back, and what is visited, are each server's: all of it is asked for.
                command.add(one(List.of("0", "0", "", "+0", "-0", "x", " 0", "1x", "18446744073709551616")));
                command.add("COUNT");
                command.add("100000");
                for (int i = random.nextInt(3); i > 0; i--) {
                    String option = one(List.of("MATCH", "match", "TYPE", "x"));
                    command.add(option);
                    command.add(option.equals("TYPE") ? one(List.of("string", "STRING", "list", "x")) : one(PATTERNS));
                }
                if (random.nextInt(6) == 0) {
                    command.add("COUNT");
                    command.add(one(List.of("0", "-1", "x", "9223372036854775807")));
                }
            }
            case "object" -> {
                command.add(one(List.of("ENCODING", "encoding", "FREQ", "IDLETIME", "REFCOUNT", "HELP", "x")));
                if (!command.get(1).equals("HELP") || random.nextInt(4) == 0) {
                    command.add(key());
                }
            }
            case "restore" -> {
                command.add(key());
                command.add(random.nextBoolean() ? "0" : time());
                command.add(payload());
                for (int i = random.nextInt(3); i > 0; i--) {
                    String option = one(List.of("REPLACE", "replace", "ABSTTL", "IDLETIME", "FREQ", "x"));
                    command.add(option);
                    if (List.of("IDLETIME", "FREQ").contains(option)) {
                        command.add(one(NUMBERS));
                    }
                }
            }
            case "wait" -> {
                command.add(random.nextBoolean() ? "0" : one(List.of("-1", "x", "0")));
                command.add(one(NUMBERS));
            }
            case "del", "exists", "unlink", "touch", "mget" -> {
                for (int i = random.nextInt(4); i >= 0; i--) {
                    command.add(key());
                }
            }
            default -> {
                // dbsize, randomkey
            }
        }
    }

    private void addSetOptions(List<String> command) {
        for (int i = random.nextInt(5) - 2; i > 0; i--) {
            String option = one(OPTIONS);
            command.add(option);
            if (option.length() >= 2 && random.nextInt(8) != 0 && "EXAT PXAT EX PX".contains(option)) {
                command.add(watching ? laterTime(option) : time());
            }
        }
    }

    /// A time that is not over, so that a key that was absent is there behind the command. One that was not there
    /// even for a moment counts as created in Redis, and not here.
    private String laterTime(String option) {
        return option.equals("PXAT") ? "4102444800000" : option.equals("EXAT") ? "4102444800" : time();
    }

    private void addBitfield(List<String> command) {
        command.add(key());
        for (int i = random.nextInt(4); i > 0; i--) {
            String operation = one(List.of("GET", "get", "SET", "incrby", "INCRBY", "OVERFLOW", "OVERFLOW"));
            command.add(operation);
            if (operation.equals("OVERFLOW")) {
                command.add(one(List.of("WRAP", "sat", "FAIL", "FAIL", random.nextInt(5) == 0 ? "x" : "SAT")));
                continue;
            }
            command.add(one(FIELDS));
            String place = place();
            if (List.of("536870912", "5000").contains(place)) {
                place = "#2";
            }
            command.add(random.nextInt(3) == 0 ? "#" + random.nextInt(20) : place);
            if (!operation.equalsIgnoreCase("get")) {
                command.add(random.nextInt(3) == 0 ? one(NUMBERS) : Integer.toString(random.nextInt(600) - 300));
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
