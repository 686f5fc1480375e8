package dev.situ.r2p2;

/// Checks options.
final class Range {
    private Range() {}

    /// Checks one.
    ///
    /// @throws IllegalArgumentException unless it `holds`; names the option and its value
    static void require(boolean holds, String name, long value) {
        if (!holds) {
            throw new IllegalArgumentException(name + " out of range: " + value);
        }
    }
}
