package dev.situ.kv;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Commands by name. Finds a name in memory, in any case, without an allocation: an open hash table with at most
/// one place in four taken, and before it one of the names of up to eight letters, nearly all, which fit into a word.
/// Immutable, for all workers.
final class CommandTable {
    private static final long LOWER_CASE = 0x2020_2020_2020_2020L;

    private final Map<String, CommandSpec> byName = new LinkedHashMap<>();
    private final @Nullable CommandSpec[] slots;
    private final long[] words;
    private final @Nullable CommandSpec[] ofWords;
    private final int mask;
    private final int longestName;
    private int count;

    /// @param parent the command that these are subcommands of, or empty
    CommandTable(List<CommandSpec.Builder> declarations, String parent) {
        Map<String, CommandSpec> sorted = new TreeMap<>();
        for (CommandSpec.Builder declaration : declarations) {
            CommandSpec spec = declaration.build(parent);
            if (sorted.put(spec.name, spec) != null) {
                throw new IllegalArgumentException(spec.fullName + " is declared twice");
            }
        }
        byName.putAll(sorted);
        int size = Integer.highestOneBit(Math.max(1, sorted.size())) * 8;
        slots = new CommandSpec[size];
        words = new long[size];
        ofWords = new CommandSpec[size];
        mask = size - 1;
        int longest = 0;
        for (CommandSpec spec : sorted.values()) {
            int slot = hash(spec.lowerCaseName) & mask;
            while (slots[slot] != null) {
                slot = slot + 1 & mask;
            }
            slots[slot] = spec;
            addWord(spec);
            longest = Math.max(longest, spec.lowerCaseName.length);
        }
        longestName = longest;
    }

    private void addWord(CommandSpec spec) {
        int length = spec.lowerCaseName.length;
        if (length > Long.BYTES || !spec.name.chars().allMatch(c -> c >= 'a' && c <= 'z')) {
            return;
        }
        long word = 0;
        for (int i = 0; i < length; i++) {
            word |= (long) spec.lowerCaseName[i] << (8 * i);
        }
        int slot = slotOf(word);
        while (words[slot] != 0) {
            slot = slot + 1 & mask;
        }
        words[slot] = word;
        ofWords[slot] = spec;
    }

    private int slotOf(long word) {
        return (int) ((word * 0x9E37_79B9_7F4A_7C15L) >>> 32) & mask;
    }

    /// All commands that a server knows.
    static CommandTable standard() {
        List<CommandSpec.Builder> all = new ArrayList<>();
        all.addAll(StringReadCommands.declarations());
        all.addAll(StringWriteCommands.declarations());
        all.addAll(StringEditCommands.declarations());
        all.addAll(PairCommands.declarations());
        all.addAll(CounterCommands.declarations());
        all.addAll(BitmapCommands.declarations());
        all.addAll(BitfieldCommands.declarations());
        all.addAll(BitopCommand.declarations());
        all.addAll(LcsCommand.declarations());
        all.addAll(KeyCommands.declarations());
        all.addAll(DatabaseCommands.declarations());
        all.addAll(CopyCommands.declarations());
        all.addAll(ScanCommands.declarations());
        all.addAll(ObjectCommands.declarations());
        all.addAll(DumpCommands.declarations());
        all.addAll(ExpiryCommands.declarations());
        all.addAll(TransactionCommands.declarations());
        all.addAll(ConnectionCommands.declarations());
        all.addAll(ServerCommands.declarations());
        all.addAll(CommandCommands.declarations());
        all.addAll(DiagnosticCommands.declarations());
        all.addAll(PubsubCommands.declarations());
        all.addAll(MemoryCommands.declarations());
        all.addAll(DebugCommands.declarations());
        all.addAll(ScriptCommands.declarations());
        all.addAll(AclCommands.declarations());
        CommandTable table = new CommandTable(all, "");
        int number = 0;
        for (CommandSpec spec : table.all()) {
            number = spec.number(number);
        }
        table.count = number;
        return table;
    }

    /// The command of that name, or null.
    @Nullable
    CommandSpec find(MemorySegment memory, long offset, int length) {
        if (length > 0 && length <= Long.BYTES && offset + Long.BYTES <= memory.byteSize()) {
            // A letter is told from all but its other case by this; bytes behind the name become zero.
            long ofName = -1L >>> (64 - 8 * length);
            CommandSpec spec = find((Words.getLong(memory, offset) | LOWER_CASE) & ofName);
            if (spec != null) {
                return spec;
            }
        }
        if (length > longestName) {
            return null;
        }
        int hash = 0;
        for (int i = 0; i < length; i++) {
            hash = hash * 31 + (Words.getByte(memory, offset + i) | 0x20);
        }
        for (int slot = spread(hash) & mask; ; slot = slot + 1 & mask) {
            CommandSpec spec = slots[slot];
            if (spec == null || Text.equalsIgnoreCase(memory, offset, length, spec.lowerCaseName)) {
                return spec;
            }
        }
    }

    private @Nullable CommandSpec find(long word) {
        for (int slot = slotOf(word); words[slot] != 0; slot = slot + 1 & mask) {
            if (words[slot] == word) {
                return ofWords[slot];
            }
        }
        return null;
    }

    /// The command of a name such as `get` or `client|id`, in any case, or null.
    @Nullable
    CommandSpec find(String fullName) {
        String[] names = Text.lowerCase(fullName).split("\\|", 2);
        CommandSpec spec = byName.get(names[0]);
        if (spec == null || names.length == 1) {
            return spec;
        }
        return spec.subcommands == null ? null : spec.subcommands.byName.get(names[1]);
    }

    /// How many commands there are, subcommands included.
    int countAll() {
        return count;
    }

    /// Gives all commands and their subcommands.
    void forEach(Consumer<CommandSpec> visitor) {
        for (CommandSpec spec : byName.values()) {
            visitor.accept(spec);
            if (spec.subcommands != null) {
                spec.subcommands.forEach(visitor);
            }
        }
    }

    /// The commands and subcommands of a category.
    List<CommandSpec> in(AclCategory category) {
        List<CommandSpec> specs = new ArrayList<>();
        forEach(spec -> {
            if (spec.categories.contains(category)) {
                specs.add(spec);
            }
        });
        return specs;
    }

    /// All commands, by name.
    Collection<CommandSpec> all() {
        return byName.values();
    }

    private static int hash(byte[] name) {
        int hash = 0;
        for (byte b : name) {
            hash = hash * 31 + (b | 0x20);
        }
        return spread(hash);
    }

    private static int spread(int hash) {
        return hash ^ hash >>> 7 ^ hash >>> 15;
    }
}
