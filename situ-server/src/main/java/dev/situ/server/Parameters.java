package dev.situ.server;

import dev.situ.kv.Setting;
import dev.situ.kv.Settings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The parameters that a server is started with beside the options of its command line: from a configuration file,
/// and from `--set`. Loaded once the parameters are declared, before the server serves.
///
/// @param file where the server was configured, or null
/// @param entries of the file, those that are no options of the command line
/// @param optionNames the names of those that are
/// @param overrides of the command line, by name; they go before the file
record Parameters(
        @Nullable ConfigFile file,
        List<ConfigFile.Entry> entries,
        List<String> optionNames,
        Map<String, String> overrides) {
    /// None.
    static final Parameters NONE = new Parameters(null, List.of(), List.of(), Map.of());

    Parameters {
        entries = List.copyOf(entries);
        optionNames = List.copyOf(optionNames);
        overrides = Map.copyOf(overrides);
    }

    /// Loads all.
    ///
    /// @throws UserError if a name or a value is not known: one line that says where
    void load(Settings settings) {
        Map<String, String> initial = values(settings);
        for (ConfigFile.Entry entry : entries) {
            load(settings, entry.name(), entry.value(), file == null ? "" : file.place(entry));
        }
        overrides.forEach((name, value) -> load(settings, name, value, "--set: "));
        ConfigFile written = file;
        if (written != null) {
            Map<String, String> loaded = values(settings);
            settings.rewriteBy(all -> rewrite(written, initial, loaded, all));
        }
    }

    private static Map<String, String> values(Settings settings) {
        Map<String, String> values = new HashMap<>();
        for (Setting setting : settings.all()) {
            values.put(setting.name(), setting.value());
        }
        return values;
    }

    private void load(Settings settings, String name, String value, String place) {
        Setting setting = settings.find(name);
        if (setting == null) {
            TreeSet<String> names = new TreeSet<>(optionNames);
            settings.all().forEach(known -> names.add(known.name()));
            String meant = NearestName.of(name, names)
                    .map(nearest -> "; did you mean '" + nearest + "'?")
                    .orElse("");
            throw new UserError(place + "there is no parameter '" + name + "'" + meant);
        }
        if (value.equals(setting.value())) {
            return; // also of one that is always so
        }
        String wrong = settings.load(name, value);
        if (wrong != null) {
            throw new UserError(place + "'" + name + "' cannot be '" + value + "': " + wrong);
        }
    }

    /// Writes what has changed: what the file sets, if it is something else now; what it does not, if it is not as
    /// without a file.
    private static @Nullable String rewrite(
            ConfigFile file, Map<String, String> initial, Map<String, String> loaded, Settings settings) {
        List<String> inFile = new ArrayList<>();
        file.entries().forEach(entry -> inFile.add(entry.name()));
        Map<String, String> changes = new LinkedHashMap<>();
        for (Setting setting : settings.all()) {
            String value = setting.value();
            Map<String, String> before = inFile.contains(setting.name()) ? loaded : initial;
            if (setting.isChangeable() && !value.equals(before.get(setting.name()))) {
                changes.put(setting.name(), value);
            }
        }
        try {
            file.rewrite(changes);
            return null;
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
