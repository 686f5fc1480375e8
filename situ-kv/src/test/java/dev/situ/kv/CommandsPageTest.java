package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// `docs/commands.md` is made of the command table: this test fails when it is stale, and makes it anew with
/// `-Dsitu.docs.write=true`.
class CommandsPageTest {
    private static final Path PAGE = Path.of("..", "docs", "commands.md");

    private static final String HEAD = """
            # Commands

            Made of the command table by `CommandsPageTest`; `-Dsitu.docs.write=true` makes it anew. How they work, and where they
            differ from Redis 7.0, is in [design/kv.md](design/kv.md).
            """;

    @Test
    void thePageIsThatOfTheTable() throws IOException {
        String page = page();
        if (Boolean.getBoolean("situ.docs.write")) {
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE).as("made anew with -Dsitu.docs.write=true").hasContent(page);
    }

    private static String page() {
        Map<String, List<CommandSpec>> groups = new TreeMap<>();
        CommandTable.standard().forEach(spec -> {
            if (spec.body != null && !spec.name.equals("help")) {
                groups.computeIfAbsent(spec.group, _ -> new ArrayList<>()).add(spec);
            }
        });
        StringBuilder page = new StringBuilder(HEAD);
        groups.forEach((group, specs) -> {
            page.append("\n## ").append(group.substring(0, 1).toUpperCase(Locale.ROOT));
            page.append(group.substring(1));
            page.append("\n\n| command | since Redis | what it does | how long it takes |\n|---|---|---|---|\n");
            for (CommandSpec spec : specs) {
                page.append("| `").append(usage(spec)).append("` | ").append(spec.since);
                page.append(" | ").append(spec.summary).append(" | ");
                page.append(spec.complexity.replace("|", "\\|")).append(" |\n");
            }
        });
        return page.toString();
    }

    /// As it is typed; a bar would end the cell of a table.
    private static String usage(CommandSpec spec) {
        String name = spec.fullName.toUpperCase(Locale.ROOT).replace('|', ' ');
        String arguments = list(spec.arguments, " ");
        return (arguments.isEmpty() ? name : name + " " + arguments).replace("|", "\\|");
    }

    private static String list(List<Argument> arguments, String between) {
        return arguments.stream().map(CommandsPageTest::usage).collect(Collectors.joining(between));
    }

    private static String usage(Argument argument) {
        String value = switch (argument.type()) {
            case "pure-token" -> "";
            case "oneof" ->
                argument.optional() && argument.token().isEmpty()
                        ? list(argument.parts(), " | ")
                        : "(" + list(argument.parts(), " | ") + ")";
            case "block" -> list(argument.parts(), " ");
            default -> argument.name();
        };
        String once = (argument.token() + " " + value).strip();
        String again = argument.multipleToken() ? once : value;
        String all = argument.multiple() ? once + " [" + again + " ...]" : once;
        return argument.optional() ? "[" + all + "]" : all;
    }
}
