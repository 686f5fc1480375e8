package dev.situ.kv;

import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The one declaration of a parameter: its name in redis.conf, how it is read, how it is changed while the server
/// runs, if it may be. `CONFIG GET`, `CONFIG SET`, `CONFIG REWRITE` and the configuration file come from it.
public final class Setting {
    private static final List<String> UNITS = List.of("k", "kb", "m", "mb", "g", "gb");

    /// Changes a parameter.
    @FunctionalInterface
    public interface Writer {
        /// Gives null if it is done; else what is wrong with the value, and nothing has changed.
        @Nullable
        String write(String value);
    }

    private final String name;
    private final Supplier<String> reader;
    private final @Nullable Writer writer;
    private final boolean changeable;

    private Setting(String name, Supplier<String> reader, @Nullable Writer writer, boolean changeable) {
        if (!name.equals(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException(name + " must be in lower case");
        }
        this.name = name;
        this.reader = reader;
        this.writer = writer;
        this.changeable = changeable;
    }

    /// The name, in lower case.
    public String name() {
        return name;
    }

    /// The value now, as redis.conf writes it.
    public String value() {
        return reader.get();
    }

    /// Whether it may be changed while the server runs.
    public boolean isChangeable() {
        return changeable;
    }

    /// The same, which may be set before the server serves, and not any more then.
    public Setting atStartOnly() {
        return new Setting(name, reader, writer, false);
    }

    /// Changes it. Gives null, or what is wrong.
    @Nullable
    String set(String value) {
        return writer == null ? "can't set immutable config" : writer.write(value);
    }

    /// One that is decided at the start.
    public static Setting fixed(String name, Supplier<String> reader) {
        return new Setting(name, reader, null, false);
    }

    /// One whose writer looks at the text itself.
    public static Setting text(String name, Supplier<String> reader, Writer writer) {
        return new Setting(name, reader, writer, true);
    }

    /// A whole number.
    public static Setting number(String name, long least, long most, LongSupplier reader, LongConsumer writer) {
        return new Setting(
                name,
                () -> Long.toString(reader.getAsLong()),
                text -> {
                    long value;
                    try {
                        value = Long.parseLong(text);
                    } catch (NumberFormatException e) {
                        return "argument couldn't be parsed into an integer";
                    }
                    return store(value, least, most, writer);
                },
                true);
    }

    /// A number of bytes, which may be written with a unit: `100mb`.
    public static Setting memory(String name, long least, long most, LongSupplier reader, LongConsumer writer) {
        return new Setting(
                name,
                () -> Long.toString(reader.getAsLong()),
                text -> {
                    long value = memoryBytes(text);
                    return value < 0 ? "argument must be a memory value" : store(value, least, most, writer);
                },
                true);
    }

    private static @Nullable String store(long value, long least, long most, LongConsumer writer) {
        if (value < least || value > most) {
            return "argument must be between " + least + " and " + most + " inclusive";
        }
        writer.accept(value);
        return null;
    }

    /// `yes` or `no`.
    public static Setting flag(String name, BooleanSupplier reader, Consumer<Boolean> writer) {
        return new Setting(
                name,
                () -> reader.getAsBoolean() ? "yes" : "no",
                text -> {
                    boolean yes = text.equalsIgnoreCase("yes");
                    if (!yes && !text.equalsIgnoreCase("no")) {
                        return "argument must be 'yes' or 'no'";
                    }
                    writer.accept(yes);
                    return null;
                },
                true);
    }

    /// One of some words.
    public static Setting choice(String name, List<String> words, Supplier<String> reader, Consumer<String> writer) {
        return new Setting(
                name,
                reader,
                text -> {
                    String word = text.toLowerCase(Locale.ROOT);
                    if (!words.contains(word)) {
                        return "argument(s) must be one of the following: " + String.join(", ", words);
                    }
                    writer.accept(word);
                    return null;
                },
                true);
    }

    /// A number of bytes with or without a unit (`1000`, `1k` is 1000, `1kb` is 1024), or -1 if it is none.
    static long memoryBytes(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        int digits = 0;
        while (digits < lower.length() && lower.charAt(digits) >= '0' && lower.charAt(digits) <= '9') {
            digits++;
        }
        String unit = lower.substring(digits);
        int power = UNITS.indexOf(unit);
        long number = wholeNumber(lower.substring(0, digits));
        if (number < 0 || (power < 0 && !unit.isEmpty() && !unit.equals("b"))) {
            return -1;
        }
        long factor = 1;
        for (int i = 0; i <= power; i += 2) {
            factor *= power % 2 == 0 ? 1000 : 1024;
        }
        return number > Long.MAX_VALUE / factor ? -1 : number * factor;
    }

    /// A number that is not negative, or -1.
    static long wholeNumber(String text) {
        try {
            return Math.max(-1, Long.parseLong(text));
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
