package dev.situ.bench.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/// How many bytes keys or values have: a distribution, from which each is drawn.
public interface Sizes {
    /// The most bytes of a value that Situ takes.
    int MOST = 64 << 20;

    /// Draws a size.
    int next(RandomGenerator random);

    /// Reads a distribution as it is written on the command line: `fixed:64`, `lognormal:4.2,1.1` (the mean and the
    /// deviation of the natural logarithm of the size), `trace:FILE` (a size a line, taken in turn).
    ///
    /// @throws IllegalArgumentException whose message says what is wrong with it
    static Sizes parse(String text) {
        int colon = text.indexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        String rest = text.substring(colon + 1);
        try {
            switch (name) {
                case "fixed" -> {
                    return fixed(requireSize(Integer.parseInt(rest)));
                }
                case "lognormal" -> {
                    String[] words = rest.split(",", -1);
                    if (words.length == 2) {
                        return logNormal(Double.parseDouble(words[0]), Double.parseDouble(words[1]));
                    }
                }
                case "trace" -> {
                    return trace(Path.of(rest));
                }
                default -> {}
            }
        } catch (NumberFormatException _) {
            // Named below.
        }
        throw new IllegalArgumentException(
                "'" + text + "' are no sizes: fixed:64, lognormal:<mu>,<sigma> and trace:<file> are");
    }

    private static int requireSize(int bytes) {
        if (bytes < 0 || bytes > MOST) {
            throw new IllegalArgumentException("a size is 0 to " + MOST + " bytes, not " + bytes);
        }
        return bytes;
    }

    /// Always the same.
    static Sizes fixed(int bytes) {
        return _ -> bytes;
    }

    /// Each of these as often as any other.
    static Sizes oneOf(int... bytes) {
        return random -> bytes[(int) (random.nextDouble() * bytes.length)];
    }

    /// The natural logarithm of a size is distributed normally.
    ///
    /// @throws IllegalArgumentException if the deviation is negative
    static Sizes logNormal(double mu, double sigma) {
        if (!(sigma >= 0) || !Double.isFinite(mu)) {
            throw new IllegalArgumentException("lognormal:" + mu + "," + sigma + " is no distribution");
        }
        return random -> whole(Math.exp(mu + sigma * random.nextGaussian()), 1, MOST);
    }

    /// The generalized extreme value distribution, for key sizes: drawn by its inverse.
    static Sizes extremeValue(double location, double scale, double shape, int least, int most) {
        return random -> {
            double u = 1 - random.nextDouble(); // not 0, whose logarithm there is none of
            return whole(location + scale * (Math.pow(-Math.log(u), -shape) - 1) / shape, least, most);
        };
    }

    /// A table of small sizes from 0 on, with the chance of each, and the generalized Pareto distribution for the
    /// rest.
    static Sizes tableAndPareto(double[] chances, double location, double scale, double shape, int most) {
        double[] table = chances.clone();
        return random -> {
            double u = random.nextDouble();
            double above = 0;
            for (int size = 0; size < table.length; size++) {
                above += table[size];
                if (u < above) {
                    return size;
                }
            }
            double rest = (u - above) / (1 - above);
            return whole(
                    location + scale * (Math.pow(1 - rest, -shape) - 1) / shape, Math.min(table.length, most), most);
        };
    }

    /// The sizes in a file, a number a line, again from the start when all were taken.
    ///
    /// @throws IllegalArgumentException if it cannot be read, or has no sizes
    static Sizes trace(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw new IllegalArgumentException("the trace " + file + " cannot be read: " + e.getMessage(), e);
        }
        int[] sizes;
        try {
            sizes = lines.stream()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .mapToInt(line -> requireSize(Integer.parseInt(line)))
                    .toArray();
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("the trace " + file + " has a line that is no size", e);
        }
        if (sizes.length == 0) {
            throw new IllegalArgumentException("the trace " + file + " is empty");
        }
        return new Trace(sizes);
    }

    private static int whole(double size, int least, int most) {
        return (int) Math.clamp(Math.round(size), (long) least, most);
    }

    /// Sizes in turn. Threads that share one take turns at it.
    final class Trace implements Sizes {
        private final int[] sizes;
        private final AtomicInteger next = new AtomicInteger();

        private Trace(int[] sizes) {
            this.sizes = sizes;
        }

        @Override
        public int next(RandomGenerator random) {
            return sizes[next.getAndUpdate(at -> at + 1 == sizes.length ? 0 : at + 1)];
        }
    }
}
