package dev.situ.kv.notify;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The value of `notify-keyspace-events`: a set of [EventClass]. Immutable.
public final class EventClasses {
    /// Nothing is told.
    public static final EventClasses NONE = new EventClasses(EnumSet.noneOf(EventClass.class));

    private static final EnumSet<EventClass> ALL = EnumSet.range(EventClass.GENERIC, EventClass.MODULE);

    private final EnumSet<EventClass> classes;

    private EventClasses(EnumSet<EventClass> classes) {
        this.classes = classes;
    }

    /// Reads the letters, `A` being those of all events but `new` and `keymiss`. Gives null if one is none.
    public static @Nullable EventClasses of(String letters) {
        EnumSet<EventClass> classes = EnumSet.noneOf(EventClass.class);
        for (int i = 0; i < letters.length(); i++) {
            Set<EventClass> named = named(letters.charAt(i));
            if (named.isEmpty()) {
                return null;
            }
            classes.addAll(named);
        }
        return new EventClasses(classes);
    }

    private static Set<EventClass> named(char letter) {
        if (letter == 'A') {
            return ALL;
        }
        for (EventClass each : EventClass.values()) {
            if (each.letter() == letter) {
                return Set.of(each);
            }
        }
        return Set.of();
    }

    /// Whether events of a class are told, or on channels of a kind.
    public boolean has(EventClass one) {
        return classes.contains(one);
    }

    /// Whether any event can be told: one of a class, on one kind of channels at least.
    public boolean tells() {
        return has(EventClass.BY_KEY) || has(EventClass.BY_EVENT);
    }

    /// The letters, as Redis writes them: with `A` in place of those that it stands for, and then, as there,
    /// without `n`.
    @Override
    public String toString() {
        StringBuilder letters = new StringBuilder();
        boolean all = classes.containsAll(ALL);
        if (all) {
            letters.append('A');
        }
        for (EventClass each : classes) {
            boolean isOfEvents = each.compareTo(EventClass.NEW) <= 0;
            if (!all || !isOfEvents) {
                letters.append(each.letter());
            }
        }
        return letters.toString();
    }
}
