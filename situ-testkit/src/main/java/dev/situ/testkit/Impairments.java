package dev.situ.testkit;

/// How badly a line treats datagrams. Every chance is for each datagram, from 0 (never) to 1 (always), and all
/// come from one seed, so that a test that failed can be run again with the same fate for the same datagrams.
///
/// @param seed what the chances are drawn from
/// @param loss the chance that a datagram does not arrive
/// @param duplication the chance that it arrives twice
/// @param reordering the chance that it arrives late, behind datagrams that were sent after it
/// @param corruption the chance that one bit of it is turned over
/// @param checksum whether the receiver checks the UDP checksum, as every network does whose datagrams can be
///     damaged on their way: a damaged one is dropped. If not, it is delivered, as behind a broken network card
/// @param longestDelay by how many turns of the line a late datagram is late at most: at least 1
public record Impairments(
        long seed,
        double loss,
        double duplication,
        double reordering,
        double corruption,
        boolean checksum,
        int longestDelay) {
    /// Checks the chances.
    ///
    /// @throws IllegalArgumentException if one is out of its range
    public Impairments {
        requireChance("loss", loss);
        requireChance("duplication", duplication);
        requireChance("reordering", reordering);
        requireChance("corruption", corruption);
        if (longestDelay < 1) {
            throw new IllegalArgumentException("longestDelay is at least 1, not " + longestDelay);
        }
    }

    /// A line that does no harm.
    public static Impairments none() {
        return new Impairments(0, 0, 0, 0, 0, false, 1);
    }

    /// A line that loses, doubles and delays datagrams with the same chance each, but delivers their bytes
    /// unchanged.
    public static Impairments lossy(long seed, double chance) {
        return new Impairments(seed, chance, chance, chance, 0, false, 4);
    }

    /// The same chances, drawn from another seed.
    public Impairments withSeed(long seed) {
        return new Impairments(seed, loss, duplication, reordering, corruption, checksum, longestDelay);
    }

    /// The same with another chance of corruption.
    public Impairments withCorruption(double corruption) {
        return new Impairments(seed, loss, duplication, reordering, corruption, checksum, longestDelay);
    }

    /// The same with a receiver that checks the UDP checksum.
    public Impairments withChecksum() {
        return new Impairments(seed, loss, duplication, reordering, corruption, true, longestDelay);
    }

    static void requireChance(String name, double chance) {
        if (!(chance >= 0 && chance <= 1)) {
            throw new IllegalArgumentException(name + " is a chance from 0 to 1, not " + chance);
        }
    }
}
