package dev.situ.store;

/// One slot of the index: which record, and enough of its key's hash to pass over most others unread.
///
/// ```
///   63              48 47                                  3   2   1   0
///   +-----------------+------------------------------------+---+---+---+
///   |  tag            |  record reference / 8              | V | F | T |
///   +-----------------+------------------------------------+---+---+---+
///   tag  bits 47 to 32 of the key's hash
///   T    tentative: being inserted, not yet in the map
///   F    frozen: the bucket is being moved, this word never changes again
///   V    with a record: it has an expiry ("volatile");
///        without one: vacated, there was a word before
/// ```
///
/// A word of 0 was never written. It counts as vacant, but only in a table with no predecessor, or where the
/// bucket has arrived: when a bucket moves to a larger table, its words are written by compare-and-set from 0,
/// so that a helper that comes late cannot bring back what was deleted meanwhile.
///
/// Life of a word; *commit* is where an insert takes effect:
/// ```
///   0 or V --insert--> T|record --commit--> record --update--> record' --delete--> V
///                        `--back off, or killed by another insert of the key--> V
///   any --freeze--> the same with F, but T|record becomes V|F
/// ```
final class SlotWord {
    static final long TENTATIVE = 1;
    static final long FROZEN = 2;
    static final long VACATED = 4;

    private static final long VOLATILE = 4;

    /// The tag holds the bits of the hash with these depths, counted from the top, and those between.
    static final int FIRST_TAG_DEPTH = 16;

    static final int LAST_TAG_DEPTH = 31;

    private static final int TAG_SHIFT = 48;
    private static final long TAG = 0xFFFFL << TAG_SHIFT;
    private static final long REFERENCE = ~TAG & ~7L;

    private SlotWord() {}

    /// The tag that `hash` gives, in its place in the word.
    static long tag(long hash) {
        return (hash << 16) & TAG;
    }

    /// The slot in its bucket at which a word with this tag is looked for first: 0 to [Bucket#SLOTS] - 1. Of the words
    /// in a bucket of a large table the upper bits of the tags are the same; the lower ones do as well.
    static int home(long word) {
        return (int) (word >>> TAG_SHIFT) % Bucket.SLOTS;
    }

    /// A committed word.
    ///
    /// @param expires whether the record has an expiry
    static long of(long hash, long record, boolean expires) {
        return tag(hash) | record | (expires ? VOLATILE : 0);
    }

    /// Whether the word leads to a record that is in the map.
    static boolean isMember(long word) {
        return (word & TENTATIVE) == 0 && (word & REFERENCE) != 0;
    }

    /// Whether the record has an expiry. Only for members.
    static boolean isVolatile(long word) {
        return (word & VOLATILE) != 0;
    }

    /// The record, or [Record#NONE].
    static long reference(long word) {
        return word & REFERENCE;
    }

    /// Whether the word may be of a key with this tag. True for words without a record as well.
    static boolean hasTag(long word, long tag) {
        return ((word ^ tag) & TAG) == 0;
    }

    static boolean isTentative(long word) {
        return (word & TENTATIVE) != 0;
    }

    static boolean isFrozen(long word) {
        return (word & FROZEN) != 0;
    }

    /// Whether an insert may take the slot.
    static boolean isVacant(long word) {
        return (word & (REFERENCE | FROZEN)) == 0;
    }

    /// The same word, frozen; what was tentative is dropped.
    static long frozen(long word) {
        return isTentative(word) || reference(word) == Record.NONE ? FROZEN | VACATED : word | FROZEN;
    }

    /// The word with which a frozen word arrives in the next table.
    static long arrived(long word) {
        return word & ~(TENTATIVE | FROZEN);
    }

    /// Bit `depth` of the hash, counted from the top, as far as the tag holds it.
    ///
    /// @param depth [#FIRST_TAG_DEPTH] to [#LAST_TAG_DEPTH]
    static int hashBit(long word, int depth) {
        return (int) (word >>> (79 - depth)) & 1;
    }
}
