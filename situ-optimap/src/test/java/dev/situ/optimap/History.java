package dev.situ.optimap;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// A recorded history of one key, and the check that it is linearizable: that the operations can be put into an
/// order that keeps those apart that did not overlap, and in which each gives the result that was recorded.
///
/// Wing and Gong's search, done forward: it goes through the beginnings and ends of operations in time, and
/// keeps the set of all *worlds* that are still possible: the value of the key, and which of the running
/// operations have taken effect. When an operation ends, only the worlds remain in which it has taken effect.
/// No world left means not linearizable. Since each key is an object of its own, a map is linearizable if each
/// key's history is (Herlihy and Wing, locality).
final class History {
    /// Stands for "no value".
    static final long NONE = 0;

    enum Kind {
        GET,
        PUT,
        PUT_IF_ABSENT,
        REPLACE,
        REPLACE_IF,
        REMOVE,
        REMOVE_IF,
        COMPUTE,
        MERGE_OR_REMOVE
    }

    /// One operation. `begin` is a clock's reading before it, `end` a later and unique one after it; that of
    /// another operation that ended before this one began is at most `begin`. A boolean result is 1 or 0.
    record Operation(int thread, Kind kind, long argument, long expected, long result, long begin, long end) {
        /// The value after this operation if it was `value` before, or -1 if it cannot have given its result
        /// then.
        long apply(long value) {
            return switch (kind) {
                case GET -> result == value ? value : -1;
                case PUT -> result == value ? argument : -1;
                case PUT_IF_ABSENT -> result == value ? (value == NONE ? argument : value) : -1;
                case REPLACE -> result == value ? (value == NONE ? NONE : argument) : -1;
                case REPLACE_IF -> conditional(value, argument);
                case REMOVE -> result == value ? NONE : -1;
                case REMOVE_IF -> conditional(value, NONE);
                case COMPUTE -> result == computed(value, argument) ? result : -1;
                case MERGE_OR_REMOVE -> result == (value == NONE ? argument : NONE) ? result : -1;
            };
        }

        private long conditional(long value, long replacement) {
            boolean applies = value != NONE && value == expected;
            return result == (applies ? 1 : 0) ? (applies ? replacement : value) : -1;
        }
    }

    /// The function of `COMPUTE`: `argument` if there is no value, else the next number.
    static long computed(long value, long argument) {
        return value == NONE ? argument : value + 1;
    }

    private record World(long value, long done) {}

    private History() {}

    /// The first operation at whose end no world was left, or `null` if the history is linearizable. At most 64
    /// threads, each with one operation at a time.
    static Operation violation(List<Operation> operations) {
        record Event(Operation operation, boolean ends) {
            long time() {
                return ends ? 2 * operation.end : 2 * operation.begin + 1;
            }
        }
        List<Event> events = new ArrayList<>();
        for (Operation operation : operations) {
            events.add(new Event(operation, false));
            events.add(new Event(operation, true));
        }
        events.sort(Comparator.comparingLong(Event::time));

        Set<World> worlds = new HashSet<>(Set.of(new World(NONE, 0)));
        List<Operation> running = new ArrayList<>();
        for (Event event : events) {
            if (!event.ends) {
                running.add(event.operation);
                continue;
            }
            long bit = 1L << event.operation.thread;
            Set<World> next = new HashSet<>();
            for (World world : closure(worlds, running)) {
                if ((world.done & bit) != 0) {
                    next.add(new World(world.value, world.done & ~bit));
                }
            }
            if (next.isEmpty()) {
                return event.operation;
            }
            worlds = next;
            running.remove(event.operation);
        }
        return null;
    }

    /// The worlds, and those that come about if some of the running operations take effect now.
    private static Set<World> closure(Set<World> worlds, List<Operation> running) {
        Set<World> all = new HashSet<>(worlds);
        List<World> open = new ArrayList<>(worlds);
        while (!open.isEmpty()) {
            World world = open.removeLast();
            for (Operation operation : running) {
                long bit = 1L << operation.thread;
                long value = (world.done & bit) == 0 ? operation.apply(world.value) : -1;
                if (value >= 0) {
                    World after = new World(value, world.done | bit);
                    if (all.add(after)) {
                        open.add(after);
                    }
                }
            }
        }
        return all;
    }
}
