package dev.situ.testkit;

/// What became of the datagrams that were given to a line, or to all lines of a stack.
///
/// @param sent datagrams given to the line
/// @param delivered datagrams that came out of it
/// @param lost datagrams that did not arrive, those that were dropped for damage too
/// @param duplicated datagrams that arrive twice
/// @param delayed datagrams, or their doubles, that arrive late
/// @param corrupted datagrams, or their doubles, with a bit turned over
/// @param waiting datagrams that are still on the line
public record LineStatistics(
        long sent, long delivered, long lost, long duplicated, long delayed, long corrupted, long waiting) {
    /// The sums of this and `other`.
    public LineStatistics plus(LineStatistics other) {
        return new LineStatistics(
                sent + other.sent,
                delivered + other.delivered,
                lost + other.lost,
                duplicated + other.duplicated,
                delayed + other.delayed,
                corrupted + other.corrupted,
                waiting + other.waiting);
    }
}
