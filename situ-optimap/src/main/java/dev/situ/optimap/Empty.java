package dev.situ.optimap;

/// The word of a bucket that held keys and holds none now. There is one object of this class.
///
/// A bucket never goes back to `null`: a late helper of a growth would take it for one that has not been filled
/// yet (see [Growth]).
final class Empty<K, V> extends Word<K, V> {
    private static final Empty<?, ?> WORD = new Empty<>();

    private Empty() {}

    @SuppressWarnings("unchecked")
    static <K, V> Word<K, V> word() {
        return (Word<K, V>) WORD;
    }
}
