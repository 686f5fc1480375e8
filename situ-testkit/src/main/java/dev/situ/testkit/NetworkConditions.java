package dev.situ.testkit;

/// How a [SimulatedNetwork] treats datagrams. Chances are for each datagram, from 0 to 1; times are nanoseconds.
///
/// @param loss the chance that a datagram does not arrive
/// @param duplication the chance that it arrives twice
/// @param reordering the chance that it is late, so that others overtake it
/// @param corruption the chance that up to 15 neighbouring bits of it are turned over. The receiver's UDP checksum,
///     which is computed, finds every such damage: the datagram is dropped
/// @param delayNanos how long every datagram is on its way at least: at least 1
/// @param jitterNanos by how much more at most
/// @param lateNanos by how much later a late one, or a duplicate, arrives at most: at least 1
/// @param gatherNanos what arrives within so long is one burst: at least 1
public record NetworkConditions(
        double loss,
        double duplication,
        double reordering,
        double corruption,
        long delayNanos,
        long jitterNanos,
        long lateNanos,
        long gatherNanos) {
    /// Checks the values.
    ///
    /// @throws IllegalArgumentException if one is out of its range
    public NetworkConditions {
        Impairments.requireChance("loss", loss);
        Impairments.requireChance("duplication", duplication);
        Impairments.requireChance("reordering", reordering);
        Impairments.requireChance("corruption", corruption);
        if (delayNanos < 1 || jitterNanos < 0 || lateNanos < 1 || gatherNanos < 1) {
            throw new IllegalArgumentException(
                    "times out of range: " + delayNanos + ", " + jitterNanos + ", " + lateNanos + ", " + gatherNanos);
        }
    }

    /// A network that does no harm and takes the same time for every datagram.
    public static NetworkConditions good(long delayNanos) {
        return new NetworkConditions(0, 0, 0, 0, delayNanos, 0, 1, 1);
    }
}
