package dev.situ.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/// The options of `situ serve` that a configuration file sets, by the names that they have on the command line, and
/// with what the command line says before them.
final class FileOptions {
    private static final Set<String> NOT_IN_FILES = Set.of("help", "version", "config", "set");

    private final ConfigFile file;
    private final CommandSpec typed;
    private final List<ConfigFile.Entry> others = new ArrayList<>();
    private final List<String> arguments = new ArrayList<>();

    /// @param typed the command as the user typed it
    /// @throws UserError if a value is not one: one line that says where
    FileOptions(ConfigFile file, CommandSpec typed) {
        this.file = file;
        this.typed = typed;
        Map<String, OptionSpec> options = byName(typed);
        for (ConfigFile.Entry entry : file.entries()) {
            OptionSpec option = options.get(entry.name());
            if (option == null) {
                others.add(entry);
            } else {
                arguments.addAll(read(entry, option));
            }
        }
    }

    private static Map<String, OptionSpec> byName(CommandSpec spec) {
        Map<String, OptionSpec> options = new LinkedHashMap<>();
        for (OptionSpec option : spec.options()) {
            String name = option.longestName().substring(2);
            if (!NOT_IN_FILES.contains(name)) {
                options.put(name, option);
            }
        }
        return options;
    }

    private List<String> read(ConfigFile.Entry entry, OptionSpec option) {
        file.requireOneValue(entry);
        List<String> words;
        if (option.typeInfo().isBoolean()) {
            if (!entry.text().equals("yes") && !entry.text().equals("no")) {
                throw new UserError(file.place(entry) + "'" + entry.name() + "' must be 'yes' or 'no'");
            }
            words = entry.text().equals("yes") ? List.of(option.longestName()) : List.of();
        } else {
            words = List.of(option.longestName() + "=" + entry.text());
        }
        try {
            Main.serveCommand(new ServeCommand()).parseArgs(words.toArray(String[]::new));
        } catch (ParameterException e) {
            String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new UserError(file.place(entry) + message, e);
        }
        return words;
    }

    /// Sets the fields of a command: as the file says, and then as the user typed.
    void apply(ServeCommand command) {
        List<String> all = new ArrayList<>(arguments);
        for (OptionSpec option : typed.commandLine().getParseResult().matchedOptions()) {
            if (NOT_IN_FILES.contains(option.longestName().substring(2))) {
                continue;
            }
            @Nullable Object value = option.getValue();
            if (option.typeInfo().isBoolean()) {
                all.add(option.longestName() + "=" + value);
            } else {
                option.originalStringValues().forEach(text -> all.add(option.longestName() + "=" + text));
            }
        }
        Main.serveCommand(command).parseArgs(all.toArray(String[]::new));
    }

    /// What is left for the parameters.
    Parameters parameters(Map<String, String> overrides) {
        return new Parameters(file, others, List.copyOf(byName(typed).keySet()), overrides);
    }
}
