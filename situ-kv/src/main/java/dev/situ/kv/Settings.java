package dev.situ.kv;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// All parameters of the server by their names: those that `situ-kv` declares itself, and those that the server
/// around it adds before it serves. Changes are made one after the other. Safe for all threads.
public final class Settings {
    /// Writes the parameters to the file that the server was started with.
    @FunctionalInterface
    public interface Rewriter {
        /// Gives null if it is done, or why it is not.
        @Nullable
        String rewrite(Settings settings);
    }

    private final Map<String, Setting> byName = new TreeMap<>();
    private final List<Runnable> listeners = new ArrayList<>();
    private @Nullable Rewriter rewriter;

    Settings() {}

    /// Declares a parameter; one of the same name that was declared before is replaced.
    public synchronized void declare(Setting setting) {
        byName.put(setting.name(), setting);
    }

    /// Says what is to be done after parameters have changed: called on a thread that runs commands.
    public synchronized void onChange(Runnable action) {
        listeners.add(action);
    }

    /// Says how `CONFIG REWRITE` is done. Without it there is no file.
    public synchronized void rewriteBy(Rewriter writer) {
        rewriter = writer;
    }

    /// All parameters, by name.
    public synchronized Collection<Setting> all() {
        return new ArrayList<>(byName.values());
    }

    /// The parameter of that name, in lower case, or null.
    public synchronized @Nullable Setting find(String name) {
        return byName.get(name);
    }

    /// Sets a parameter before the server serves, also one that may not be changed later. Gives null, or what is
    /// wrong.
    ///
    /// @throws IllegalArgumentException if there is none of that name
    public synchronized @Nullable String load(String name, String value) {
        Setting setting = byName.get(name);
        if (setting == null) {
            throw new IllegalArgumentException("no parameter is called " + name);
        }
        return setting.set(value);
    }

    /// Changes some parameters, all or none. Gives null, or the error to reply with.
    ///
    /// @param changes names, in any case, and their new values
    synchronized @Nullable String change(List<Map.Entry<String, String>> changes) {
        Map<Setting, String> wanted = new LinkedHashMap<>();
        for (Map.Entry<String, String> change : changes) {
            Setting setting = byName.get(Text.lowerCase(change.getKey()));
            if (setting == null) {
                return "ERR Unknown option or number of arguments for CONFIG SET - '" + change.getKey() + "'";
            }
            if (wanted.putIfAbsent(setting, change.getValue()) != null) {
                return failed(setting, "duplicate parameter");
            }
            if (!setting.isChangeable()) {
                return failed(setting, "can't set immutable config");
            }
        }
        Map<Setting, String> before = new LinkedHashMap<>();
        for (Map.Entry<Setting, String> change : wanted.entrySet()) {
            Setting setting = change.getKey();
            String was = setting.value();
            String wrong = setting.set(change.getValue());
            if (wrong != null) {
                before.forEach(Setting::set);
                return failed(setting, wrong);
            }
            before.put(setting, was);
        }
        listeners.forEach(Runnable::run);
        return null;
    }

    private static String failed(Setting setting, String why) {
        return "ERR CONFIG SET failed (possibly related to argument '" + setting.name() + "') - " + why;
    }

    /// Gives null, or the error to reply with.
    @Nullable
    String rewrite() {
        Rewriter writer;
        synchronized (this) {
            writer = rewriter;
        }
        if (writer == null) {
            return "ERR The server is running without a config file";
        }
        String wrong = writer.rewrite(this);
        return wrong == null ? null : "ERR Rewriting config file: " + wrong;
    }
}
