package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CommandTableTest {
    private final CommandTable table = CommandTable.standard();
    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void freeMemory() {
        arena.close();
    }

    private MemorySegment memory(byte[] bytes) {
        MemorySegment memory = arena.allocate(Math.max(1, bytes.length));
        Words.copyFrom(bytes, 0, memory, 0, bytes.length);
        return memory;
    }

    /// Finds a name that the memory ends with, and the same name with other bytes behind it.
    private @Nullable CommandSpec find(CommandTable table, String name) {
        byte[] bytes = Text.bytes("*1\r\n" + name);
        CommandSpec atTheEnd = table.find(memory(bytes), 4, bytes.length - 4);
        byte[] more = Text.bytes("*1\r\n" + name + "\r\nxxxxxxxx");
        assertThat(table.find(memory(more), 4, bytes.length - 4)).isSameAs(atTheEnd);
        return atTheEnd;
    }

    @Test
    void everyCommandIsFoundInAnyCase() {
        table.forEach(spec -> {
            CommandTable home = table;
            if (spec.fullName.contains("|")) {
                CommandSpec parent = table.find(spec.fullName.substring(0, spec.fullName.indexOf('|')));
                assertThat(parent).isNotNull();
                home = parent.subcommands;
                assertThat(home).isNotNull();
            }
            String upper = spec.name.toUpperCase(Locale.ROOT);
            assertThat(find(home, spec.name)).isSameAs(spec);
            assertThat(find(home, upper)).isSameAs(spec);
            assertThat(find(home, upper.charAt(0) + spec.name.substring(1))).isSameAs(spec);
        });
    }

    @Test
    void nothingElseIsFound() {
        long seed = Long.getLong("situ.commandtable.seed", System.nanoTime());
        System.out.println("seed " + seed + " (-Dsitu.commandtable.seed)");
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, CommandSpec> byName = new HashMap<>();
        table.all().forEach(spec -> byName.put(spec.name, spec));
        List<String> names = new ArrayList<>(byName.keySet());
        int found = 0;
        for (int i = 0; i < 50_000; i++) {
            byte[] name = Text.bytes(names.get(random.nextInt(names.size())));
            int at = random.nextInt(name.length);
            switch (random.nextInt(5)) {
                case 0 -> name[at] ^= 0x20;
                case 1 -> name[at] = (byte) random.nextInt(256);
                case 2 -> name[at] ^= (byte) (1 << random.nextInt(8));
                case 3 -> name = Text.bytes(Text.of(name).substring(at));
                default -> name = Text.bytes(Text.of(name) + (char) random.nextInt(256));
            }
            String lowerCase = lowerCase(Text.of(name));
            CommandSpec spec = find(table, Text.of(name));
            assertThat(spec).as(lowerCase).isSameAs(byName.get(lowerCase));
            found += spec == null ? 0 : 1;
        }
        assertThat(find(table, "")).isNull();
        assertThat(found).isBetween(5_000, 45_000);
    }

    /// Of ASCII alone: other letters have no case here.
    private static String lowerCase(String name) {
        StringBuilder lower = new StringBuilder(name);
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                lower.setCharAt(i, (char) (c | 0x20));
            }
        }
        return lower.toString();
    }
}
