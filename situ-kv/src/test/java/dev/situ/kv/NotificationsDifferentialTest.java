package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `notify-keyspace-events`: the same commands to a real redis-server and to an executor, and the same messages to
/// who has subscribed to everything, in the same order.
class NotificationsDifferentialTest {
    private static final int SEQUENCES = Integer.getInteger("situ.differential.sequences", 250) / 5;
    private static final int COMMANDS = 60;

    /// Each command, in what it does and in what it does not.
    private static final String SCRIPT = """
            set k v
            set k w
            set k x nx
            set k x xx
            set none x xx
            set k x get
            set k2 x get
            set k x ex 100
            set k x keepttl
            set k x ex 100 get
            set gone x pxat 1
            get gone
            setnx k v
            setnx k3 v
            setex k 100 v
            psetex k 100000 v
            getset k v
            getset none v
            getdel none
            getdel none
            getex k
            getex nothing
            getex k ex 100
            getex k persist
            getex k persist
            getex k exat 1
            mset a 1 b 2 a 3
            msetnx a 1 c 2
            msetnx d 1 e 2
            mget a nothing b nothing
            incr a
            decr a
            incrby a 10
            decrby a 3
            incr counter
            incr k2
            incrbyfloat a 1.5
            incrbyfloat k2 1
            append k2 tail
            append k2 ''
            append new ''
            append new2 x
            setrange k2 2 zz
            setrange k2 2 ''
            setrange new3 2 ''
            setrange new3 2 x
            setbit bits 7 1
            setbit bits 7 1
            setbit bits 7 0
            setbit bits 70 0
            getbit bits 3
            getbit nothing 3
            bitcount nothing
            bitpos nothing 1
            bitfield bits set u8 0 5
            bitfield bits set u8 0 5
            bitfield bits incrby u8 0 0
            bitfield bits get u8 0
            bitfield fields set u8 0 0
            bitfield fields overflow fail set u8 0 256
            bitfield fields overflow fail set u8 64 256
            bitfield other overflow fail set u8 0 256
            bitfield bits overflow fail set u8 0 256 set u8 0 7
            bitfield nothing get u8 0
            bitfield_ro nothing get u8 0
            bitop and target bits nothing
            bitop not target bits
            bitop or target nothing
            bitop or target nothing
            lcs a nothing
            strlen nothing
            getrange nothing 0 1
            expire k2 100
            expire k2 50 gt
            expire nothing 100
            persist k2
            persist k2
            persist nothing
            pexpire k2 100000
            pexpireat k2 4102444800000
            expireat k2 1
            exists nothing a nothing
            touch nothing a
            type nothing
            ttl nothing
            pttl nothing
            expiretime nothing
            object encoding nothing
            dump nothing
            rename a z
            rename z z
            rename nothing z
            rename b z
            renamenx z bits
            renamenx z y
            copy y x
            copy y x
            copy y x replace
            copy nothing x
            copy y x db 2
            move y 2
            move y 2
            move x 2
            move nothing 2
            del x nothing bits
            unlink d e nothing
            del d
            select 2
            set y v
            del y
            get y
            select 0
            set t 1
            swapdb 0 3
            get t
            set t 1
            flushdb
            set t 1
            flushall
            multi
            set t 1
            incr t
            get nothing
            exec
            """;

    @ParameterizedTest
    @ValueSource(strings = {"KEA", "KEAnm", "K$", "Eg", "Kxe", "En", "Km", "A", ""})
    void eachCommandTellsWhatItTellsInRedis(String classes) throws IOException, InterruptedException {
        DifferentialTest.withBoth((redis, situ, _) -> {
            try (TwinClient writer = new TwinClient(redis, situ);
                    TwinClient reader = new TwinClient(redis, situ)) {
                writer.hear("config set notify-keyspace-events " + (classes.isEmpty() ? "''" : classes));
                reader.hear("psubscribe *");
                int messages = 0;
                for (String line : SCRIPT.lines().toList()) {
                    writer.ask(List.of(ServerCommandsDifferentialTest.words(line)));
                    TwinClient.Heard heard = reader.hear();
                    assertThat(heard.situ()).as(line).isEqualTo(heard.redis());
                    messages += heard.redis().size();
                }
                assertThat(messages > 0).isEqualTo(classes.length() > 1);
            }
        });
    }

    @Test
    void theLettersAreThoseOfRedis() throws IOException, InterruptedException {
        DifferentialTest.withBoth((redis, situ, seed) -> {
            try (TwinClient client = new TwinClient(redis, situ)) {
                Random random = new Random(seed);
                for (int i = 0; i < 300; i++) {
                    StringBuilder letters = new StringBuilder(i == 0 ? "mnKEA" : "");
                    for (int j = random.nextInt(random.nextBoolean() ? 4 : 15); j > 0; j--) {
                        letters.append("g$lshzxetdnKEmA".charAt(random.nextInt(15)));
                    }
                    if (random.nextInt(10) == 0) {
                        letters.append("aq".charAt(random.nextInt(2)));
                    }
                    String value = letters.isEmpty() ? "''" : letters.toString();
                    TwinClient.Heard heard = client.hear(
                            "config set notify-keyspace-events " + value, "config get notify-keyspace-events");
                    assertThat(heard.situ()).as(value).isEqualTo(heard.redis());
                }
            }
        });
    }

    @Test
    void randomCommandsTellWhatTheyTellInRedis() throws IOException, InterruptedException {
        DifferentialTest.withBoth((redis, situ, seed) -> {
            for (int i = 0; i < SEQUENCES; i++) {
                try (TwinClient writer = new TwinClient(redis, situ);
                        TwinClient reader = new TwinClient(redis, situ)) {
                    writer.hear("flushall", "config set notify-keyspace-events KEAmn");
                    reader.hear("psubscribe *");
                    RandomCommands source = new RandomCommands(seed + i);
                    for (int j = 0; j < COMMANDS; j++) {
                        List<List<String>> commands = source.next();
                        String name = commands.getFirst().getFirst().toLowerCase(Locale.ROOT);
                        if (name.equals("quit")) {
                            continue;
                        }
                        writer.ask(commands);
                        TwinClient.Heard heard = reader.hear();
                        assertThat(heard.situ())
                                .as("seed %d, command %d: %s", seed + i, j, commands)
                                .isEqualTo(heard.redis());
                    }
                }
            }
        });
    }

    /// A message to the client that has caused it: in Redis before the reply, here behind it, as in later
    /// versions.
    @Test
    void whoeverWritesIsToldAsWell() throws IOException, InterruptedException {
        DifferentialTest.withBoth((redis, situ, _) -> {
            try (TwinClient client = new TwinClient(redis, situ)) {
                client.hear("config set notify-keyspace-events KA", "hello 3", "psubscribe *keyspace@0*:k");
                TwinClient.Heard heard = client.hear("set k v", "del k");
                assertThat(heard.situ()).containsExactlyInAnyOrderElementsOf(heard.redis());
                assertThat(heard.situ().getFirst()).isEqualTo("+OK\r\n");
                assertThat(heard.situ()).hasSize(4);
            }
        });
    }
}
