package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Users, passwords and permissions, to a real redis-server and to an executor, in both protocols: the same
/// replies, byte for byte. Each script is a new connection; a part of a script between two `---` too.
class AclDifferentialTest {
    /// As in [ServerCommandsDifferentialTest]: blanks separate arguments, `_` is a blank within one.
    static final String RULES = """
            acl whoami
            acl whoami x
            acl list
            acl users
            acl cat
            acl cat nope
            acl cat string x
            acl help
            acl foo
            acl
            acl setuser
            acl setuser bob
            acl getuser bob
            acl getuser nobody
            acl getuser
            acl setuser bob on
            acl setuser bob >secret >other >secret
            acl setuser bob #2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881
            acl setuser bob #2D711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881
            acl setuser bob #123
            acl setuser bob <other
            acl setuser bob <other
            acl setuser bob !2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881
            acl setuser bob !12
            acl setuser bob ~k* ~k* %R~k* %R~r* %W~w* %RW~rw* %rw~x
            acl getuser bob
            acl setuser bob %R~a_b
            acl setuser bob %X~a
            acl setuser bob %RR~a
            acl setuser bob ~a_b
            acl setuser bob ~*
            acl setuser bob ~a
            acl setuser bob %R~a
            acl setuser bob resetkeys ~a
            acl setuser bob &news* &news* &chat
            acl setuser bob &a_b
            acl getuser bob
            acl setuser bob allchannels
            acl setuser bob &x
            acl setuser bob resetchannels
            acl setuser bob +get +config|get +select|0 +select|1 +SELECT|0
            acl getuser bob
            acl setuser bob +nope
            acl setuser bob +get|
            acl setuser bob +config|
            acl setuser bob +config|nope
            acl setuser bob +config|get|x
            acl setuser bob -config|get
            acl setuser bob -select|0
            acl setuser bob +@nope
            acl setuser bob -@nope
            acl setuser bob foo
            acl setuser bob +
            acl setuser bob -
            acl setuser bob &
            acl setuser bob ~
            acl setuser bob >
            acl setuser bob <
            acl setuser bob (
            acl setuser bob )
            acl setuser bob (+get
            acl setuser bob (+get ~x
            acl setuser bob (+nope_~x)
            acl setuser bob (>pass)
            acl setuser bob (+get_~x) ( +set ~y )
            acl setuser bob ()
            acl getuser bob
            acl setuser bob clearselectors
            acl getuser bob
            acl list
            acl setuser bob reset
            acl getuser bob
            acl setuser bob skip-sanitize-payload nopass
            acl getuser bob
            acl setuser bob sanitize-payload resetpass
            acl getuser bob
            acl setuser bob on nopass +@all -get ~* &*
            acl list
            acl setuser bob NOCOMMANDS +@bitmap -@hash ALLKEYS RESETKEYS
            acl list
            acl setuser bob '' on ''
            acl setuser bo_b on
            acl setuser zed on >a +@all -@dangerous ~a ~b &c (+get_%R~*_&c)
            acl setuser zed -@all +@string +ping
            acl setuser half on >x +get +nope
            acl users
            acl deluser
            acl deluser default
            acl deluser bob default
            acl deluser nobody bob bob
            acl users
            acl genpass x
            acl genpass 0
            acl genpass 4097
            acl genpass -1
            acl genpass 1 2
            acl genpass 5
            acl genpass
            acl load
            acl save
            acl load x
            acl log x
            acl log reset
            acl log
            acl log 1 2
            acl dryrun
            acl dryrun default get
            acl dryrun nobody get a
            acl dryrun default nope a
            acl dryrun default get a
            acl dryrun zed get a
            acl dryrun zed get c
            acl dryrun zed set c d
            acl dryrun zed config get x
            acl dryrun zed config nope
            acl dryrun zed config
            acl dryrun zed get a b
            config get requirepass
            config get acl-pubsub-default
            config get acllog-max-len
            config get aclfile
            config set aclfile x
            config set acl-pubsub-default foo
            config set acl-pubsub-default allchannels
            acl setuser wide
            acl getuser wide
            acl setuser wide reset (+get)
            acl getuser wide
            config set acl-pubsub-default resetchannels
            config set acllog-max-len -1
            command info acl|setuser acl|cat acl|log acl|whoami acl|help acl|dryrun
            """;

    private static final String PERMISSIONS = """
            auth nope
            auth a b c
            auth default anything
            auth nobody x
            acl log
            acl setuser al on >pw ~k* %R~r* %W~w* &news* &n? -@all +@string +publish +subscribe +psubscribe +exists +copy
            acl setuser al +@transaction +acl|whoami +config|get +select|0 (+del_~d*) (+get_&*_~s) +unsubscribe +punsubscribe
            auth al wrong
            auth al pw
            acl whoami
            get k
            get r
            get w
            get x
            get s
            set k 1
            set r 1
            set w 1
            set w 2 get
            set k 2 get
            set x 1
            mset k 1 w 2
            mset k 1 r 2
            mget k r
            mget k w
            exists k r w x
            del k
            del d
            del d k
            copy r w
            copy w r
            copy k x
            append w x
            append r x
            bitcount k
            lcs k r
            lcs k x
            ping
            select 0
            select 1
            config get timeout
            config set timeout 0
            config foo
            nope
            get
            acl list
            acl whoami
            client id
            publish news a
            publish nx a
            publish other a
            subscribe other
            psubscribe n?
            psubscribe news
            psubscribe news*
            punsubscribe n?
            punsubscribe news*
            subscribe news1
            unsubscribe
            get x
            subscribe other
            multi
            get k
            exec
            multi
            get x
            get k
            exec
            multi
            set k 5
            discard
            multi
            ping
            discard
            watch x
            watch k
            unwatch
            object encoding k
            type k
            keys *
            auth default x
            acl log 3
            acl log 0
            acl log
            acl log 100
            acl log reset
            acl log
            hello 3 auth al wrong
            hello 2 auth al pw
            acl whoami
            hello 3 auth nobody pw setname x
            reset
            acl whoami
            acl setuser al off
            auth al pw
            acl setuser al resetpass nopass on
            auth al whatever
            multi
            auth default x
            set k 1
            auth al x
            exec
            acl whoami
            hello 9
            quit
            """;

    private static final String PASSWORD = """
            config set requirepass hunter2
            config get requirepass
            acl whoami
            get a
            acl getuser default
            reset
            get a
            get
            nope
            acl
            acl foo
            acl whoami
            hello
            hello 3
            hello 3 setname x
            hello 4
            hello x
            ping
            multi
            exec
            discard
            reset
            auth wrong
            auth default wrong
            auth nobody hunter2
            auth a b c
            get a
            hello 3 auth default wrong
            hello 3 auth default hunter2
            get a
            hello 2
            reset
            auth hunter2
            get a
            auth default hunter2
            acl log
            client kill user nobody
            ---
            get a
            auth hunter2
            config set requirepass ''
            config get requirepass
            acl getuser default
            acl whoami
            ---
            get a
            acl setuser default off
            get a
            reset
            get a
            hello
            auth x
            auth default x
            quit
            """;

    private static final String OPENED = """
            acl setuser root on >x +@all ~* &*
            acl setuser default resetpass >y
            reset
            set a b
            auth root x
            acl setuser default nopass
            acl whoami
            reset
            acl setuser default -@all +acl +config|get +auth +reset ~a
            acl whoami
            get a
            config get timeout
            auth root x
            get a
            acl setuser root -get
            get a
            acl setuser root +get resetkeys ~b
            get a
            get b
            client kill user nobody
            client list user root
            acl deluser root
            ping
            """;

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void repliesAreThoseOfRedis(int protocol) throws IOException, InterruptedException {
        for (String script : List.of(RULES, PERMISSIONS, PASSWORD, OPENED)) {
            DifferentialTest.withBoth((redis, situ, seed) -> {
                for (String part : script.split("---\n", -1)) {
                    List<List<String>> commands = new ArrayList<>();
                    if (script.equals(PASSWORD)) {
                        commands.add(List.of("ping"));
                    } else {
                        commands.add(List.of("HELLO", Integer.toString(protocol)));
                    }
                    part.lines().forEach(line -> commands.add(ServerCommandsDifferentialTest.words(line)));
                    compare(redis, situ, seed, commands);
                }
            });
        }
    }

    private static void compare(RedisServer redis, Server situ, long seed, List<List<String>> commands)
            throws IOException {
        StringBuilder request = new StringBuilder();
        commands.forEach(command -> request.append(Server.bulk(command.toArray(new String[0]))));
        byte[] bytes = request.toString().getBytes(StandardCharsets.ISO_8859_1);
        List<String> theirs = DifferentialTest.askRedis(redis, bytes, commands.size());
        Session session = situ.keyspace.newSession(new SilentPeer());
        List<String> ours = DifferentialTest.askSitu(situ, session, bytes, new Random(seed));
        for (int i = 0; i < Math.min(theirs.size(), ours.size()); i++) {
            List<String> command = commands.get(i);
            assertThat(IntendedDifferences.normalised(command, ours.get(i)))
                    .as("seed %d: %d: %s", seed, i, command)
                    .isEqualTo(IntendedDifferences.normalised(command, theirs.get(i)));
        }
        assertThat(ours).as("seed %d: replies", seed).hasSameSizeAs(theirs);
    }

    @Test
    void theCommandsOfEachCategoryAreThoseOfRedisThatThereAre() throws IOException, InterruptedException {
        DifferentialTest.withBoth((redis, situ, seed) -> {
            TreeSet<String> known = new TreeSet<>();
            situ.keyspace
                    .commands()
                    .forEach(spec -> known.add("$" + spec.fullName.length() + "\r\n" + spec.fullName + "\r\n"));
            byte[] all = Server.bulk("COMMAND", "LIST").getBytes(StandardCharsets.ISO_8859_1);
            TreeSet<String> redisKnows = new TreeSet<>(IntendedDifferences.parts(
                    DifferentialTest.askRedis(redis, all, 1).getFirst()));
            for (AclCategory category : AclCategory.values()) {
                byte[] request = Server.bulk("ACL", "CAT", category.plainName()).getBytes(StandardCharsets.ISO_8859_1);
                TreeSet<String> theirs = new TreeSet<>(IntendedDifferences.parts(
                        DifferentialTest.askRedis(redis, request, 1).getFirst()));
                TreeSet<String> ours = new TreeSet<>(
                        IntendedDifferences.parts(DifferentialTest.askSitu(situ, request, new Random(seed))
                                .getFirst()));
                theirs.retainAll(known);
                ours.retainAll(redisKnows);
                assertThat(ours).as(category.text()).isEqualTo(theirs);
            }
        });
    }

    /// A line of `|` stands for the end of one.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "user default on nopass ~* &* +@all|user bob on >x ~a %R~b &c +get (+set ~d)|",
                "||   user bob on   nopass |\t|user carol off\t|",
                "user bob on (+get ~x) (+set  ~y  &z)",
                "user dave on nopass|usr x|user a on +nope|user a ~* ~x|user dave on|user",
                "user b +nope ~* ~x &* &y +zap|user c #12 |user default",
                "user x (+get ~a",
                "# a remark|user bob",
                "user bob on >x reset on"
            })
    void aFileOfUsersIsReadAndWrittenAsByRedis(String content, @TempDir Path folder)
            throws IOException, InterruptedException {
        Optional<Path> program = RedisServer.installed();
        Assumptions.assumeTrue(program.isPresent(), "redis-server is not installed");
        Path file = Files.writeString(folder.resolve("users.acl"), "");
        try (RedisServer redis = RedisServer.start(program.get(), "--aclfile", file.toString());
                Server situ = new Server()) {
            assertThat(situ.keyspace.settings().load("aclfile", file.toString()))
                    .isNull();
            List<List<String>> commands = List.of(
                    List.of("ACL", "LOAD"), List.of("ACL", "LIST"), List.of("ACL", "SAVE"), List.of("ACL", "LOAD"));
            Files.writeString(file, content.replace('|', '\n'));
            compare(redis, situ, 1, commands.subList(0, 2));
            byte[] save = Server.bulk("ACL", "SAVE").getBytes(StandardCharsets.ISO_8859_1);
            assertThat(DifferentialTest.askRedis(redis, save, 1)).containsExactly("+OK\r\n");
            List<String> theirs = Files.readAllLines(file);
            assertThat(DifferentialTest.askSitu(situ, save, new Random(1))).containsExactly("+OK\r\n");
            assertThat(Files.readAllLines(file)).isEqualTo(theirs);
            compare(redis, situ, 1, commands);
            Files.delete(file);
            compare(redis, situ, 1, commands.subList(0, 2));
        }
    }

    @Test
    void whoHasNotSaidWhoHeIsMaySendLittle() throws IOException, InterruptedException {
        DifferentialTest.withBoth((redis, situ, seed) -> {
            String password = Server.bulk("CONFIG", "SET", "requirepass", "x");
            both(redis, situ, seed, password, 1);
            for (String request : List.of(
                    "*10\r\n" + "$1\r\na\r\n".repeat(10) + Server.bulk("PING"),
                    "*11\r\n",
                    "*1000000\r\n",
                    "*2\r\n$4\r\nAUTH\r\n$16384\r\n" + "p".repeat(16384) + "\r\n" + Server.bulk("PING"),
                    "*2\r\n$4\r\nAUTH\r\n$16385\r\n",
                    "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$500000000\r\n",
                    Server.bulk("AUTH", "x") + "*11\r\n" + "$1\r\na\r\n".repeat(11)
                            + Server.bulk("SET", "k", "v".repeat(20_000)),
                    Server.bulk("AUTH", "y") + "*11\r\n")) {
                both(redis, situ, seed, request, 3);
            }
        });
    }

    private static void both(RedisServer redis, Server situ, long seed, String request, int replies)
            throws IOException {
        byte[] bytes = request.getBytes(StandardCharsets.ISO_8859_1);
        List<String> ours = DifferentialTest.askSitu(situ, bytes, new Random(seed));
        assertThat(ours).hasSizeBetween(1, replies);
        assertThat(ours)
                .as(request.substring(0, Math.min(40, request.length())))
                .isEqualTo(DifferentialTest.askRedis(redis, bytes, ours.size()));
    }
}
