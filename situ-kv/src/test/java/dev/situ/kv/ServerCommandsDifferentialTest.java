package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Commands on connections and on the server, and their mistakes, to a real redis-server and to an executor, in
/// both protocols: the same replies, byte for byte, but for the [IntendedDifferences].
class ServerCommandsDifferentialTest {
    /// One command a line; blanks separate arguments, `''` is an empty one, `_` a blank within one.
    static final String SCRIPT = """
            config set slowlog-log-slower-than -1
            slowlog reset
            client id x
            client getname
            client setname a
            client getname
            client kill
            client kill 1.2.3.4:5
            client kill id 99999999
            client kill id x
            client kill id 0
            client kill id -1
            client kill foo bar
            client kill a b c
            client kill type foo
            client kill type normal id 99999999
            client kill skipme maybe
            client kill user nobody
            client kill id 99999999 addr
            client kill addr 1:2 laddr 3:4 skipme no
            client list id
            client list id x
            client list id 99999999
            client list id 99999999 88888888
            client list type foo
            client list type
            client list type normal x
            client list type pubsub
            client list type master
            client list type replica
            client list foo
            client info x
            client pause
            client pause x
            client pause x foo
            client pause -1
            client pause 1 foo
            client pause 1 write foo
            client pause 0 write
            client unpause
            client unpause x
            client reply foo
            client reply on
            client reply
            client no-evict on
            client no-evict foo
            client no-evict off
            client foo
            config get
            config get slowlog-max-len
            config get SLOWLOG-MAX-LEN slowlog-max-len nope
            config get slowlog-log-*
            config set
            config set foo
            config set foo bar
            config set slowlog-max-len 5 foo 1
            config set slowlog-max-len 5 slowlog-max-len 6
            config set slowlog-max-len 5 timeout
            config set slowlog-max-len -1
            config set slowlog-max-len 99999999999999999999
            config set slowlog-max-len 7
            config get slowlog-max-len
            config set slowlog-max-len 9 timeout abc
            config get slowlog-max-len
            config set SLOWLOG-MAX-LEN 128
            config set slowlog-log-slower-than -2
            config set slowlog-log-slower-than x
            config set timeout abc
            config set timeout 2147483648
            config set timeout 0
            config set databases 3
            config set latency-tracking maybe
            config set latency-tracking NO
            config get latency-tracking
            config set latency-tracking yes
            config set latency-tracking-info-percentiles 50_200
            config set latency-tracking-info-percentiles a
            config set latency-tracking-info-percentiles 50_99.95
            config get latency-tracking-info-percentiles
            config set latency-tracking-info-percentiles ''
            config get latency-tracking-info-percentiles
            config set latency-tracking-info-percentiles 50_99_99.9
            config set latency-monitor-threshold -1
            config set latency-monitor-threshold 0
            config set client-output-buffer-limit foo
            config set client-output-buffer-limit normal_1_2
            config set client-output-buffer-limit foo_1_2_3
            config set client-output-buffer-limit normal_x_2_3
            config set client-output-buffer-limit normal_1mb_2m_10_pubsub_1kb_1k_5
            config get client-output-buffer-limit
            config set client-output-buffer-limit normal_1gb_1MB_60_pubsub_32mb_8mb_60
            config get client-output-buffer-limit
            config resetstat
            config resetstat x
            config rewrite
            slowlog get x
            slowlog get -2
            slowlog get 1 2
            slowlog get
            slowlog len
            slowlog len x
            slowlog reset
            slowlog foo
            latency latest
            latency latest x
            latency history foo
            latency graph foo
            latency graph
            latency graph foo bar
            latency doctor x
            memory malloc-stats x
            client unblock 99999999
            latency history
            latency reset
            latency reset foo
            latency histogram nope
            memory usage foo
            memory usage
            set a b
            memory usage a samples
            memory usage a samples -1
            memory usage a samples x
            memory usage a bar 1
            memory usage foo bar
            memory purge
            memory purge x
            memory foo
            lolwut
            lolwut version 1
            lolwut version x
            lolwut foo
            time x
            function flush
            function flush sync
            function flush async x
            function flush x
            function foo
            script flush
            script flush ASYNC
            script flush foo
            script flush sync x
            script foo
            shutdown foo
            shutdown abort
            shutdown save nosave
            shutdown nosave abort
            shutdown nosave foo
            monitor x
            command getkeys get a
            command getkeys mset a b c d
            command getkeys ping x
            command getkeys foo a
            command getkeys get a b
            command getkeys bitop and
            command getkeys object foo a
            command getkeys
            command getkeysandflags set a b
            command getkeysandflags set a b get
            command getkeysandflags set a b EX 10 GeT
            command getkeysandflags set a
            command getkeysandflags bitop and a b c
            command getkeysandflags bitfield k get u8 0
            command getkeysandflags bitfield k overflow sat get u8 0
            command getkeysandflags bitfield k get u8 0 set u8 0 1
            command getkeysandflags object encoding a
            command getkeysandflags memory usage a
            command getkeysandflags copy a b
            command getkeysandflags rename a b
            command getkeysandflags watch a b
            command list filterby
            command list filterby module foo
            command list filterby aclcat foo
            command list filterby pattern zz*
            command list filterby foo bar
            command list foo bar baz
            command list filterby pattern a b
            command docs nope
            command count x
            info foo
            info cluster
            info modules
            debug foo
            debug
            debug sleep 0
            debug sleep x
            debug sleep
            debug object nope
            debug set-active-expire 0
            debug set-active-expire 1
            debug set-active-expire
            debug jmap
            debug error foo
            debug error WRONG_a_b
            debug log x
            debug protocol string
            debug protocol integer
            debug protocol double
            debug protocol null
            debug protocol array
            debug protocol set
            debug protocol map
            debug protocol attrib
            debug protocol verbatim
            debug protocol true
            debug protocol false
            debug protocol bignum
            debug protocol foo
            multi
            shutdown
            exec
            multi
            client getname
            client reply skip
            ping
            config get timeout
            exec
            ping
            client reply off
            ping
            set a c
            client reply skip
            client reply on
            get a
            client reply skip
            get a
            ping
            client reply skip
            client reply skip
            ping
            echo x
            reset
            quit
            """;

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void repliesAreThoseOfRedis(int protocol) throws IOException, InterruptedException {
        List<List<String>> commands = new ArrayList<>();
        commands.add(List.of("HELLO", Integer.toString(protocol)));
        SCRIPT.lines().forEach(line -> commands.add(words(line)));
        if (protocol == 3) {
            commands.removeIf(command -> command.equals(List.of("debug", "protocol", "attrib"))); // not one reply
        }
        compare(commands);
    }

    static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        for (String word : line.split(" ", -1)) {
            words.add(word.equals("''") ? "" : word.replace('_', ' '));
        }
        return words;
    }

    /// Sends all at once, and compares the whole of what comes back until the connection is closed.
    private static void compare(List<List<String>> commands) throws IOException, InterruptedException {
        DifferentialTest.withBoth((redis, situ, seed) -> {
            situ.keyspace.settings().load("enable-debug-command", "yes");
            StringBuilder request = new StringBuilder();
            commands.forEach(command -> request.append(Server.bulk(command.toArray(new String[0]))));
            byte[] bytes = request.toString().getBytes(StandardCharsets.ISO_8859_1);
            List<String> theirs = DifferentialTest.askRedis(redis, bytes, commands.size());
            List<String> ours =
                    DifferentialTest.askSitu(situ, situ.keyspace.newSession(new SilentPeer()), bytes, new Random(seed));
            int reply = 0;
            for (List<String> command : commands) {
                if (isSilent(command)) {
                    continue;
                }
                if (reply == theirs.size() || reply == ours.size()) {
                    break;
                }
                assertThat(IntendedDifferences.normalised(command, ours.get(reply)))
                        .as("seed %d: %s", seed, command)
                        .isEqualTo(IntendedDifferences.normalised(command, theirs.get(reply)));
                reply++;
            }
            assertThat(ours).as("seed %d: replies", seed).hasSameSizeAs(theirs);
        });
    }

    /// Only so that a failure names the right command: what is not replied to is counted by the sizes above.
    private static boolean isSilent(List<String> command) {
        return command.equals(List.of("client", "reply", "off")) || command.equals(List.of("client", "reply", "skip"));
    }

    @Test
    void argumentsAreDescribedAsByRedis() throws IOException, InterruptedException {
        DifferentialTest.withBoth((redis, situ, seed) -> {
            for (CommandSpec spec : situ.keyspace.commands().all()) {
                byte[] request = Server.bulk("COMMAND", "DOCS", spec.name).getBytes(StandardCharsets.ISO_8859_1);
                String theirs = DifferentialTest.askRedis(redis, request, 1).getFirst();
                String ours = DifferentialTest.askSitu(situ, request, new Random(seed))
                        .getFirst();
                if (!theirs.equals("*0\r\n")) { // newer than 7.0
                    compareArguments(
                            IntendedDifferences.parts(
                                    IntendedDifferences.parts(ours).get(1)),
                            IntendedDifferences.parts(
                                    IntendedDifferences.parts(theirs).get(1)),
                            spec.name);
                }
            }
        });
    }

    private static void compareArguments(List<String> ours, List<String> theirs, String name) {
        for (String field : List.of("arguments", "since", "group", "doc_flags", "deprecated_since", "replaced_by")) {
            boolean differs = (field.equals("since") && name.endsWith("|help"))
                    || (field.equals("arguments") && IntendedDifferences.hasNewerArguments(name));
            if (!differs) {
                assertThat(field(ours, field)).as("%s: %s", name, field).isEqualTo(field(theirs, field));
            }
        }
        List<String> subcommands = IntendedDifferences.parts(field(ours, "subcommands"));
        List<String> known = IntendedDifferences.parts(field(theirs, "subcommands"));
        for (int i = 0; i < subcommands.size(); i += 2) {
            int at = known.indexOf(subcommands.get(i));
            if (at >= 0) {
                compareArguments(
                        IntendedDifferences.parts(subcommands.get(i + 1)),
                        IntendedDifferences.parts(known.get(at + 1)),
                        subcommands.get(i).strip());
            }
        }
    }

    /// The reply behind a name, in a reply of names and others; or an empty array.
    private static String field(List<String> fields, String name) {
        int at = fields.indexOf("$" + name.length() + "\r\n" + name + "\r\n");
        return at < 0 ? "*0\r\n" : fields.get(at + 1);
    }
}
