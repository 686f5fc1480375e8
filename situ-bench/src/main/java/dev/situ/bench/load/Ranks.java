package dev.situ.bench.load;

import java.util.random.RandomGenerator;

/// Which keys are asked for: numbers from 0 on, the most popular first.
public interface Ranks {
    /// Draws a rank.
    long next(RandomGenerator random);

    /// Reads a distribution over `count` ranks as it is written on the command line: `uniform`, `zipf:0.99`.
    ///
    /// @throws IllegalArgumentException whose message says what is wrong with it
    static Ranks parse(String text, long count) {
        if (text.equals("uniform")) {
            return random -> random.nextLong(count);
        }
        if (text.startsWith("zipf:")) {
            try {
                return new Zipf(count, Double.parseDouble(text.substring("zipf:".length())));
            } catch (NumberFormatException _) {
                // Named below.
            }
        }
        throw new IllegalArgumentException("'" + text + "' is no distribution of keys: uniform and zipf:0.99 are");
    }
}
