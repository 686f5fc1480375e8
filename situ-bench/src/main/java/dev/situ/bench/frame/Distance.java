package dev.situ.bench.frame;

import java.util.Locale;

/// How near the processors of a server and of its load were to each other while something was measured. The host of a
/// virtual machine moves its processors about, and a packet's way from one to the other takes a quarter of the time
/// when both share a cache: only what was measured at the same distance may be compared.
public enum Distance {
    /// Not measured.
    UNKNOWN(0),
    /// They share a cache.
    NEAR(1),
    /// They do not.
    FAR(2);

    private static final char SIGN = '@';
    private static final int TURNS = 3;

    private final int turn;

    Distance(int turn) {
        this.turn = turn;
    }

    /// A metric with the distance at which it was measured, in one word.
    public String of(String metric) {
        return metric + SIGN + label();
    }

    /// The name in results.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The number of a round's samples of this distance: of two series those with one number may be compared.
    public int turn(int round) {
        return round * TURNS + turn;
    }

    /// The metric in a word of [#of], or the word itself if it has no distance.
    public static String metric(String word) {
        int at = word.indexOf(SIGN);
        return at < 0 ? word : word.substring(0, at);
    }

    /// The distance in a word of [#of].
    public static Distance in(String word) {
        int at = word.indexOf(SIGN);
        return at < 0 ? UNKNOWN : valueOf(word.substring(at + 1).toUpperCase(Locale.ROOT));
    }
}
