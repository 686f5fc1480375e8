package dev.situ.kv;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// How much a client may leave unread before it is closed, for each class of clients: `client-output-buffer-limit`.
/// Safe for all threads; each bound is replaced as a whole.
public final class OutputBounds {
    private static final String REPLICA = "slave 268435456 67108864 60"; // there are none; told as Redis has it
    private static final Bound DEFAULT_PUBSUB = new Bound(32L << 20, 8L << 20, 60);
    private static final int FIELDS = 4;

    /// One class's bound.
    ///
    /// @param hardBytes closed at once with more than this; 0: no such bound
    /// @param softBytes closed with more than this for `softSeconds`; 0: no such bound
    /// @param softSeconds see `softBytes`
    public record Bound(long hardBytes, long softBytes, long softSeconds) {}

    private volatile Bound normal;
    private volatile Bound pubsub = DEFAULT_PUBSUB;
    private final AtomicLong closed = new AtomicLong();

    /// @param normal what a client may leave unread that has not subscribed to anything
    OutputBounds(Bound normal) {
        this.normal = normal;
    }

    /// For clients that send commands.
    public Bound normal() {
        return normal;
    }

    /// For clients that have subscribed, or monitor.
    public Bound pubsub() {
        return pubsub;
    }

    /// Counts a client that was closed for what it left unread.
    public void countClosed() {
        closed.incrementAndGet();
    }

    /// How many clients were closed so.
    long closed() {
        return closed.get();
    }

    /// All bounds, as redis.conf writes them.
    String text() {
        return "normal " + text(normal) + " " + REPLICA + " pubsub " + text(pubsub);
    }

    private static String text(Bound bound) {
        return bound.hardBytes() + " " + bound.softBytes() + " " + bound.softSeconds();
    }

    /// Sets the bounds that a text names, all or none. Gives null, or what is wrong with it.
    @Nullable
    String set(String text) {
        String[] words = text.trim().split("\\s+", -1);
        if (words.length % FIELDS != 0) {
            return "Wrong number of arguments in buffer limit configuration.";
        }
        Bound newNormal = normal;
        Bound newPubsub = pubsub;
        for (int i = 0; i < words.length; i += FIELDS) {
            String name = words[i].toLowerCase(Locale.ROOT);
            if (!List.of("normal", "slave", "replica", "pubsub").contains(name)) {
                return "Invalid client class specified in buffer limit configuration.";
            }
            List<Long> numbers = new ArrayList<>();
            for (int j = i + 1; j < i + FIELDS; j++) {
                numbers.add(j == i + FIELDS - 1 ? Setting.wholeNumber(words[j]) : Setting.memoryBytes(words[j]));
            }
            if (numbers.stream().anyMatch(number -> number < 0)) {
                return "Error in hard, soft or soft_seconds setting in buffer limit configuration.";
            }
            Bound bound = new Bound(numbers.get(0), numbers.get(1), numbers.get(2));
            if (name.equals("normal")) {
                newNormal = bound;
            } else if (name.equals("pubsub")) {
                newPubsub = bound;
            }
        }
        normal = newNormal;
        pubsub = newPubsub;
        return null;
    }
}
