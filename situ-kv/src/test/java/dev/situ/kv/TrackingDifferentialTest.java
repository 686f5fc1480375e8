package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `CLIENT TRACKING`: several clients of a real redis-server and of an executor do the same, and are told of the
/// same keys.
class TrackingDifferentialTest {
    private static final int SEQUENCES = Integer.getInteger("situ.differential.sequences", 250) / 25;
    private static final int COMMANDS = 150;
    private static final String REDIRECTED = "*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n";
    private static final String PUSHED = ">2\r\n$10\r\ninvalidate\r\n";

    private static final String SCRIPT = """
            client trackinginfo
            client getredir
            client caching yes
            client caching no
            client caching maybe
            client caching
            client tracking
            client tracking maybe
            client tracking on what
            client tracking on redirect
            client tracking on redirect x
            client tracking on redirect 999999
            client tracking on prefix
            client tracking on prefix a
            client tracking off prefix a
            client tracking on bcast optin
            client tracking on bcast optout
            client tracking on optin optout
            client tracking on bcast prefix a prefix ab
            client tracking on bcast prefix ab prefix a
            client tracking on bcast prefix a prefix b
            client trackinginfo
            client info
            client getredir
            client tracking on
            client tracking on bcast prefix abc
            client tracking on bcast prefix c
            client trackinginfo
            client tracking on bcast
            client caching yes
            client tracking off
            client trackinginfo
            client tracking on optin
            client info
            client trackinginfo
            client caching yes
            client trackinginfo
            get a
            client trackinginfo
            client caching no
            client tracking on optout
            client tracking on bcast
            client tracking off
            client tracking on optout noloop
            client caching no
            client trackinginfo
            client id x
            client trackinginfo
            ping
            client trackinginfo
            client caching yes
            client tracking on optin
            client tracking on
            client trackinginfo
            reset
            client trackinginfo
            client tracking off
            client trackinginfo x
            client getredir x
            client caching yes no
            client unblock 999999
            client unblock 999999 error
            client unblock 999999 timeout x
            client unblock 999999 x
            client unblock x
            client unblock
            config set tracking-table-max-keys 7
            config get tracking-table-max-keys
            config set tracking-table-max-keys -1
            config set tracking-table-max-keys x
            config set tracking-table-max-keys 1000000
            client help
            """;

    @Test
    void repliesAreThoseOfRedis() throws IOException, InterruptedException {
        DifferentialTest.withBoth((redis, situ, _) -> {
            for (String protocol : List.of("2", "3")) {
                try (TwinClient client = new TwinClient(redis, situ)) {
                    client.hear("hello " + protocol);
                    for (String line : SCRIPT.lines().toList()) {
                        TwinClient.Heard heard = client.hear(line);
                        if (line.equals("client info")) {
                            assertThat(signs(heard.situ())).as(line).isEqualTo(signs(heard.redis()));
                        } else if (!line.equals("client help")) { // it has commands of later versions
                            assertThat(heard.situ()).as(line).isEqualTo(heard.redis());
                        }
                    }
                }
            }
        });
    }

    /// What a line of `CLIENT INFO` has of tracking; a unix socket is a sign as well, and not of it.
    private static List<String> signs(List<String> frames) {
        Matcher fields = Pattern.compile("(flags|redir)=(\\S+)").matcher(frames.getFirst());
        List<String> signs = new ArrayList<>();
        while (fields.find()) {
            signs.add(fields.group(1) + "=" + fields.group(2).replace("U", ""));
        }
        assertThat(signs).hasSize(2);
        return signs;
    }

    /// What came, apart: replies in order, and the keys that were told, each once, for Redis gathers them.
    private record Told(List<String> replies, Collection<String> keys) {
        static Told of(List<String> frames) {
            List<String> replies = new ArrayList<>();
            TreeSet<String> keys = new TreeSet<>();
            for (String frame : frames) {
                if (frame.startsWith(PUSHED) || frame.startsWith(REDIRECTED)) {
                    String form = frame.startsWith(PUSHED) ? "push " : "message ";
                    String what = frame.substring((frame.startsWith(PUSHED) ? PUSHED : REDIRECTED).length());
                    if (what.startsWith("*")) {
                        IntendedDifferences.parts(what).forEach(key -> keys.add(form + key));
                    } else {
                        keys.add(form + "all");
                    }
                } else {
                    replies.add(frame);
                }
            }
            return new Told(replies, keys);
        }
    }

    private static int compare(String what, TwinClient.Heard heard) {
        Told redis = Told.of(heard.redis());
        assertThat(Told.of(heard.situ())).as(what).isEqualTo(redis);
        return redis.keys.size();
    }

    /// All that a client hears of its own commands: Redis gathers what it broadcasts, and sends it a moment later.
    private static TwinClient.Heard whole(TwinClient client, String... lines) throws IOException {
        TwinClient.Heard first = client.hear(lines);
        TwinClient.Heard rest = client.hear();
        first.redis().addAll(rest.redis());
        first.situ().addAll(rest.situ());
        return first;
    }

    private static String command(Random random, boolean writes) {
        String key = "ab".charAt(random.nextInt(2)) + "" + random.nextInt(3);
        String other = "ab".charAt(random.nextInt(2)) + "" + random.nextInt(3);
        if (writes) {
            return switch (random.nextInt(16)) {
                case 0 -> "del " + key + " " + other;
                case 1 -> "mset " + key + " 1 " + other + " 2";
                case 2 -> "incr " + key;
                case 3 -> "expire " + key + " 1000";
                case 4 -> "persist " + key;
                case 5 -> "getdel " + key;
                case 6 -> random.nextInt(4) == 0 ? "flushdb" : "append " + key + " 1";
                case 7 -> random.nextInt(4) == 0 ? "flushall" : "rename " + key + " " + other;
                case 8 -> "copy " + key + " " + other + " replace";
                case 9 -> "setrange " + key + " 0 ''";
                case 10 -> "getex " + key + " exat 1";
                case 11 -> "setex " + key + " 1000 1";
                case 12 -> "bitop not " + key + " " + other;
                default -> "set " + key + " " + random.nextInt(100);
            };
        }
        return switch (random.nextInt(8)) {
            case 0 -> "mget " + key + " " + other;
            case 1 -> "exists " + key;
            case 2 -> "strlen " + key;
            case 3 -> "touch " + key + " " + other;
            case 4 -> "ttl " + key;
            default -> "get " + key;
        };
    }

    /// What a client does that does not track: it alone meets expired keys. The note of a read comes before the read
    /// here, and behind it in Redis, so one that meets an expired key is told here of what it has just read.
    private static String[] writes(Random random) {
        String command = command(random, true);
        String key = "a" + random.nextInt(3);
        return random.nextInt(8) == 0
                ? new String[] {command, "set " + key + " 1 pxat 1", "get " + key}
                : new String[] {command};
    }

    private static String caching(Random random) {
        return "client caching " + (random.nextBoolean() ? "yes" : "no");
    }

    private static String[] lines(Random random) {
        String command = command(random, random.nextInt(4) == 0);
        return switch (random.nextInt(6)) {
            case 0 -> new String[] {caching(random), command};
            case 1 -> new String[] {caching(random), "multi", command, command(random, false), "exec"};
            case 2 -> new String[] {"multi", caching(random), command, "exec"};
            case 3 -> new String[] {command, command(random, true), command(random, false)};
            default -> new String[] {command};
        };
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "noloop",
                "optin",
                "optout",
                "optin noloop",
                "bcast",
                "bcast noloop",
                "bcast prefix a",
                "bcast prefix a0 prefix b noloop"
            })
    void clientsAreToldOfTheSameKeys(String mode) throws IOException, InterruptedException {
        DifferentialTest.withBoth((redis, situ, seed) -> {
            int keys = 0;
            for (int i = 0; i < SEQUENCES; i++) {
                Random random = new Random(seed + i);
                try (TwinClient one = new TwinClient(redis, situ);
                        TwinClient other = new TwinClient(redis, situ);
                        TwinClient writer = new TwinClient(redis, situ)) {
                    List<TwinClient> all = List.of(one, other, writer);
                    writer.hear("flushall");
                    String on = ("client tracking on " + mode).strip();
                    one.hear("hello 3");
                    other.hear("hello 3");
                    compare(on, one.hear(on));
                    compare(on, other.hear("client tracking on"));
                    for (int j = 0; j < COMMANDS; j++) {
                        TwinClient who = all.get(random.nextInt(3));
                        String[] lines = who == writer ? writes(random) : lines(random);
                        String what = "seed " + (seed + i) + ", command " + j + ", of client " + all.indexOf(who) + ": "
                                + String.join("; ", lines);
                        keys += compare(what, whole(who, lines));
                        for (TwinClient client : all) {
                            keys += compare(what, client.hear());
                        }
                    }
                    assertThat(info(situ, one)).isEqualTo(info(redis, one));
                }
            }
            assertThat(keys).isGreaterThan(SEQUENCES * 20);
        });
    }

    private static String info(Object server, TwinClient client) throws IOException {
        TwinClient.Heard heard = client.hear("info everything");
        String text = (server instanceof RedisServer ? heard.redis() : heard.situ()).getFirst();
        Matcher lines = Pattern.compile("tracking_[a-z_]+:[0-9]+").matcher(text);
        StringBuilder found = new StringBuilder();
        while (lines.find()) {
            // Whether keys are counted that nobody tracks any more is told in another way: only who and how many.
            found.append(lines.group()).append('\n');
        }
        assertThat(found).isNotEmpty();
        return found.toString();
    }

    private static List<List<String>> redirect(TwinClient to, String... more) throws IOException {
        List<List<String>> both = new ArrayList<>();
        for (long id : new long[] {to.redisId(), to.situId()}) {
            List<String> command = new ArrayList<>(List.of("CLIENT", "TRACKING", "ON", "REDIRECT", Long.toString(id)));
            command.addAll(List.of(more));
            both.add(command);
        }
        return both;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "BCAST", "NOLOOP", "OPTOUT"})
    void anotherConnectionIsToldOverResp2(String mode) throws IOException, InterruptedException {
        DifferentialTest.withBoth((redis, situ, seed) -> {
            int keys = 0;
            for (int i = 0; i < SEQUENCES; i++) {
                Random random = new Random(seed + i);
                try (TwinClient reader = new TwinClient(redis, situ);
                        TwinClient receiver = new TwinClient(redis, situ);
                        TwinClient writer = new TwinClient(redis, situ)) {
                    writer.hear("flushall");
                    reader.hear(redirect(receiver, mode.isEmpty() ? new String[0] : new String[] {mode}));
                    List<String> subscribe = List.of("SUBSCRIBE", "__redis__:invalidate");
                    for (int j = 0; j < COMMANDS; j++) {
                        if (j == 10) { // those of before are told to nobody
                            compare("subscribe", receiver.hear(List.of(subscribe, subscribe)));
                        }
                        TwinClient who = random.nextBoolean() ? writer : reader;
                        String[] lines = who == writer ? writes(random) : lines(random);
                        String what = "seed " + (seed + i) + ", command " + j + ": " + String.join("; ", lines);
                        compare(what, whole(who, lines));
                        keys += compare(what, receiver.hear());
                        compare(what, reader.hear());
                    }
                }
            }
            assertThat(keys).isGreaterThan(SEQUENCES * 20);
        });
    }

    @Test
    void aReceiverThatIsGoneIsTold() throws IOException, InterruptedException {
        DifferentialTest.withBoth((redis, situ, _) -> {
            try (TwinClient reader = new TwinClient(redis, situ);
                    TwinClient writer = new TwinClient(redis, situ)) {
                long theirs;
                long ours;
                try (TwinClient receiver = new TwinClient(redis, situ)) {
                    theirs = receiver.redisId();
                    ours = receiver.situId();
                    reader.hear("hello 3");
                    reader.hear(redirect(receiver));
                    TwinClient.Heard heard = reader.hear("get k", "client getredir", "client trackinginfo");
                    assertThat(numbered(heard.situ(), ours)).isEqualTo(numbered(heard.redis(), theirs));
                }
                while (!writer.hear("client list id " + theirs)
                        .redis()
                        .getFirst()
                        .equals("$0\r\n\r\n")) {
                    Thread.onSpinWait(); // redis-server has not yet seen that it has gone
                }
                writer.hear("set k v");
                TwinClient.Heard heard = reader.hear("client trackinginfo");
                assertThat(numbered(heard.situ(), ours)).hasSameElementsAs(numbered(heard.redis(), theirs));
                assertThat(String.join("", heard.situ())).contains("tracking-redir-broken", "broken_redirect");
            }
        });
    }

    private static List<String> numbered(List<String> frames, long id) {
        return frames.stream()
                .map(frame -> frame.replace(":" + id + "\r\n", "(receiver)"))
                .toList();
    }
}
