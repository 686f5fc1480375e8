package dev.situ.bench.frame;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Named values that a child gets from its parent, as words `name=value` of its command line.
public final class Parameters {
    private final Map<String, String> values;

    private Parameters(Map<String, String> values) {
        this.values = values;
    }

    /// Alternately a name and a value.
    public static Parameters of(Object... namesAndValues) {
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            values.put(namesAndValues[i].toString(), namesAndValues[i + 1].toString());
        }
        return new Parameters(values);
    }

    /// The same and one value more.
    public Parameters with(String name, Object value) {
        Map<String, String> all = new LinkedHashMap<>(values);
        all.put(name, value.toString());
        return new Parameters(all);
    }

    static Parameters parse(List<String> words) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            values.put(word.substring(0, equals), word.substring(equals + 1));
        }
        return new Parameters(values);
    }

    List<String> words() {
        List<String> words = new ArrayList<>();
        values.forEach((name, value) -> words.add(name + "=" + value));
        return words;
    }

    /// A value as text.
    ///
    /// @throws IllegalArgumentException if there is none of this name
    public String text(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no parameter " + name);
        }
        return value;
    }

    /// A value as a number.
    public int number(String name) {
        return Math.toIntExact(longNumber(name));
    }

    /// A value as a number.
    public long longNumber(String name) {
        return Long.parseLong(text(name));
    }

    @Override
    public String toString() {
        return String.join(" ", words());
    }
}
