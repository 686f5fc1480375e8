package dev.situ.optimap;

/// How an [OptiMap] or an [OwningMap] starts, and whether it grows.
///
/// @param buckets the number of buckets at the start, 1 to 2³⁰, rounded up to a power of two. A map that will
///                hold *n* keys needs no growth when it starts with 4/3 *n* of them. A bucket costs one
///                reference.
/// @param grows   whether the map doubles its buckets when there are more than three keys for every four of
///                them. A map that does not grow still takes any number of keys: lookups and updates stay fast,
///                but an insert or a removal copies the references of all keys of its bucket.
public record OptiMapOptions(int buckets, boolean grows) {
    /// The largest number of buckets.
    public static final int MAX_BUCKETS = 1 << 30;

    /// 16 buckets, growing: what `new OptiMap<>()` uses.
    public static final OptiMapOptions DEFAULT = new OptiMapOptions(16, true);

    /// Rounds `buckets` up to a power of two.
    ///
    /// @throws IllegalArgumentException if `buckets` is not between 1 and [#MAX_BUCKETS]
    public OptiMapOptions {
        if (buckets < 1 || buckets > MAX_BUCKETS) {
            throw new IllegalArgumentException("buckets must be between 1 and " + MAX_BUCKETS + ", not " + buckets);
        }
        buckets = buckets == 1 ? 1 : Integer.highestOneBit(buckets - 1) << 1;
    }

    /// A growing map that starts with `buckets` buckets.
    public static OptiMapOptions startingWith(int buckets) {
        return new OptiMapOptions(buckets, true);
    }

    /// A map that keeps `buckets` buckets for ever.
    public static OptiMapOptions fixed(int buckets) {
        return new OptiMapOptions(buckets, false);
    }
}
