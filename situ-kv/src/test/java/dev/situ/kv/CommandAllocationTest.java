package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Commands of the data path allocate nothing on the heap in steady state.
class CommandAllocationTest {
    private static final int ROUNDS = 40;
    private static final int COMMANDS = 2000;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GETRANGE k 3 20",
                "SETRANGE k 5 hello",
                "SETBIT k 77 1|SETBIT k 77 0",
                "GETBIT k 77",
                "BITCOUNT k 2 -3 BIT",
                "BITPOS k 1 2",
                "APPEND n x|SET n y",
                "EXPIRE k 1000 LT|PERSIST k",
                "PEXPIREAT k 4102444800000|TTL k",
                "GETEX k EX 1000",
                "GETDEL g|SETNX g v",
                "SET k a-value-of-some-bytes IFNE x",
                "DELEX e IFEQ v|SET e v",
                "COPY k c REPLACE|RENAME c d",
                "MSET a 1 b 2",
                "BITOP XOR x k a",
                "OBJECT REFCOUNT k",
                "WATCH k none|MULTI|INCR counter|GET k|EXEC",
                "WATCH k k|UNWATCH|MULTI|MSET a 1 b 2|DISCARD"
            })
    void nothingIsAllocated(String commands) {
        measure(commands, _ -> {});
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET k|GET k", "SET k v|SETEX k 10 v", "MGET k a b", "MULTI|INCR counter|EXEC", "EXISTS k"})
    void norForAUserWhoMayNotEverything(String commands) {
        measure(commands, client -> {
            client.command(
                    "ACL",
                    "SETUSER",
                    "bob",
                    "on",
                    "nopass",
                    "~x*",
                    "~[abc]",
                    "~k",
                    "%RW~count*",
                    "+@string",
                    "+@keyspace",
                    "+@transaction",
                    "(+get ~nothing)");
            assertThat(client.command("AUTH", "bob", "")).isEqualTo("+OK\r\n");
            assertThat(client.command("GET", "z")).startsWith("-NOPERM");
        });
    }

    private static void measure(String commands, Consumer<Server.Connection> begin) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        StringBuilder request = new StringBuilder();
        for (String command : List.of(commands.split("\\|", -1))) {
            request.append(Server.bulk(command.split(" ", -1)));
        }
        byte[] bytes = request.toString().getBytes(StandardCharsets.ISO_8859_1);
        try (Server server = new Server();
                Server.Connection client = server.connect();
                Arena arena = Arena.ofConfined()) {
            client.command("SET", "k", "a value of some bytes, to be read and changed in part");
            begin.accept(client);
            for (String command : List.of(commands.split("\\|", -1))) {
                assertThat(client.command(command.split(" ", -1))).doesNotStartWith("-NO");
            }
            MemorySegment in = arena.allocate(bytes.length);
            Words.copyFrom(bytes, 0, in, 0, bytes.length);
            long least = Long.MAX_VALUE;
            // The first rounds load classes and grow arrays; a compiler thread's work counts elsewhere.
            for (int round = 0; round < ROUNDS && least > COMMANDS; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < COMMANDS; i++) {
                    server.worker.enter();
                    client.stream.feed(in, 0, bytes.length, client.reply);
                    client.reply.clear();
                    server.worker.exit();
                }
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            System.out.printf("%s: %.2f bytes%n", commands, (double) least / COMMANDS);
            assertThat((double) least / COMMANDS).as("bytes a request").isLessThan(1);
        }
    }
}
