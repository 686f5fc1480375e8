package dev.situ.server;

import dev.situ.kv.Setting;
import dev.situ.kv.Settings;
import dev.situ.kv.Users;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

    /// The names: values may be passwords.
    @Override
    public String toString() {
        return "Parameters[entries=" + entries + ", overrides=" + overrides.keySet() + "]";
    }

    /// Loads all.
    ///
    /// @throws UserError if a name or a value is not known: one line that says where
    void load(Settings settings, Users users) {
        Map<String, String> initial = values(settings);
        List<String> initialUsers = users.lines();
        for (ConfigFile.Entry entry : entries) {
            if (!entry.name().equals(ConfigFile.USER)) {
                if (file != null && settings.find(entry.name()) != null) {
                    file.requireOneValue(entry);
                }
                load(settings, entry.name(), entry.value(), place(entry));
            }
        }
        overrides.forEach((name, value) -> load(settings, name, bytewise(value), "--set: "));
        loadUsers(users);
        ConfigFile written = file;
        if (written != null) {
            Map<String, String> loaded = values(settings);
            settings.rewriteBy(all -> rewrite(written, initial, loaded, all, changed(written, users, initialUsers)));
        }
    }

    /// A text of one char for each byte, as commands have them.
    private static String bytewise(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private String place(ConfigFile.Entry entry) {
        return file == null ? "" : file.place(entry);
    }

    /// Behind all parameters, for a password of these is the default user's unless a user's rules say otherwise.
    private void loadUsers(Users users) {
        for (ConfigFile.Entry entry : entries) {
            if (!entry.name().equals(ConfigFile.USER)) {
                continue;
            }
            if (!users.file().isEmpty()) {
                throw new UserError(place(entry) + "there are users here and an 'aclfile': give either");
            }
            String wrong = users.configure(entry.words());
            if (wrong != null) {
                throw new UserError(place(entry) + wrong);
            }
        }
        String wrong = users.loadFile();
        if (wrong != null) {
            throw new UserError("'aclfile': " + ConfigFile.text(wrong));
        }
    }

    /// The users for the file, or null if it is not to be changed: they are in a file of theirs, or as they were.
    private static @Nullable List<String> changed(ConfigFile file, Users users, List<String> initial) {
        boolean inFile = file.entries().stream().anyMatch(entry -> entry.name().equals(ConfigFile.USER));
        return users.file().isEmpty() && (inFile || !users.lines().equals(initial)) ? users.lines() : null;
    }

    private static Map<String, String> values(Settings settings) {
        Map<String, String> values = new HashMap<>();
        for (Setting setting : settings.all()) {
            values.put(setting.name(), setting.value());
        }
        return values;
    }

    /// @param value of one char for each byte
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
            throw new UserError(place + "'" + name + "' cannot be '" + ConfigFile.text(value) + "': " + wrong);
        }
    }

    /// Writes what has changed: what the file sets, if it is something else now; what it does not, if it is not as
    /// without a file.
    private static @Nullable String rewrite(
            ConfigFile file,
            Map<String, String> initial,
            Map<String, String> loaded,
            Settings settings,
            @Nullable List<String> users) {
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
            file.rewrite(changes, users);
            return null;
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
