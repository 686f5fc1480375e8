package dev.situ.optimap;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The entries of a bucket that has several: one immutable **version** of the bucket.
///
/// Nothing here changes but the values inside the entries. So whoever loaded the bucket's word has a snapshot
/// of which keys are in it, and a compare-and-set on the word succeeds only on exactly the version that the new
/// one was built from.
///
/// The thesis keeps a bucket's entries in a vector and searches it from the front. This one is a small hash
/// table in itself: at most half full, open addressing with linear probing. Since it never changes, its
/// multiplicative hash is chosen when it is built, so that, as a rule, no two entries want the same slot, and a
/// search touches one entry, however many there are:
///
/// ```
///   slots   │   │ b │   │   │ a │ d │   │ c │       4 entries in 8 slots
/// ```
@SuppressWarnings("ReferenceEquality") // entries are their identity
final class Overflow<K, V> extends Word<K, V> {
    private static final int GOLDEN = 0x9E3779B9;

    /// How many multipliers are tried, for a set of at most `CHOOSY` entries; a larger one takes the first.
    private static final int ATTEMPTS = 16;

    private static final int CHOOSY = 8;

    private final @Nullable BucketEntry<K, V>[] slots;
    private final int shift;
    private final int multiplier;

    private Overflow(@Nullable BucketEntry<K, V>[] entries, int count) {
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(2 * count - 1);
        this.slots = array(1 << bits);
        this.shift = Integer.SIZE - bits;
        int chosen = GOLDEN;
        int attempts = count <= CHOOSY ? ATTEMPTS : 1;
        while (!place(entries, chosen) && --attempts > 0) {
            Arrays.fill(slots, null);
            chosen *= GOLDEN;
        }
        this.multiplier = chosen;
    }

    /// Puts the entries into their slots. Returns whether each got the one that it wanted.
    private boolean place(@Nullable BucketEntry<K, V>[] entries, int factor) {
        boolean perfect = true;
        int lastWanted = -1;
        int last = 0;
        for (BucketEntry<K, V> entry : entries) {
            if (entry != null) {
                int slot = (entry.hash * factor) >>> shift;
                if (slot == lastWanted) {
                    slot = last; // between the two all are taken: equal hashes, one behind the other
                } else {
                    lastWanted = slot;
                }
                while (slots[slot] != null) {
                    slot = (slot + 1) & (slots.length - 1);
                    perfect = false;
                }
                slots[slot] = entry;
                last = slot;
            }
        }
        return perfect;
    }

    /// The entry of `key`, dead or alive, or `null`.
    @Nullable
    BucketEntry<K, V> find(int hash, Object key) {
        for (int slot = (hash * multiplier) >>> shift; ; slot = (slot + 1) & (slots.length - 1)) {
            BucketEntry<K, V> entry = slots[slot];
            if (entry == null || (entry.hash == hash && entry.hasKey(key))) {
                return entry;
            }
        }
    }

    /// The next version of a bucket: with `added`, and without `dead`, an entry of the same key, if there is
    /// one.
    static <K, V> Word<K, V> with(
            @Nullable Word<K, V> word, @Nullable BucketEntry<K, V> dead, BucketEntry<K, V> added) {
        @Nullable BucketEntry<K, V>[] old = entries(word);
        @Nullable BucketEntry<K, V>[] entries = array(old.length + 1);
        int count = 0;
        for (BucketEntry<K, V> entry : old) {
            if (entry != null && entry != dead) {
                entries[count++] = entry;
            }
        }
        entries[count++] = added;
        return word(entries, count);
    }

    /// The next version of a bucket: without `dead`; `null` if `dead` is not in it.
    static <K, V> @Nullable Word<K, V> without(@Nullable Word<K, V> word, BucketEntry<K, V> dead) {
        @Nullable BucketEntry<K, V>[] old = entries(word);
        @Nullable BucketEntry<K, V>[] entries = array(old.length);
        int count = 0;
        boolean found = false;
        for (BucketEntry<K, V> entry : old) {
            if (entry == dead) {
                found = true;
            } else if (entry != null) {
                entries[count++] = entry;
            }
        }
        return found ? word(entries, count) : null;
    }

    /// The entries whose hash has `bit` set (`one`) or clear: one of the halves of a bucket that is split;
    /// `null` if there are none.
    static <K, V> @Nullable Word<K, V> half(Word<K, V> word, int bit, boolean one) {
        @Nullable BucketEntry<K, V>[] both = entries(word);
        @Nullable BucketEntry<K, V>[] entries = array(both.length);
        int count = 0;
        for (BucketEntry<K, V> entry : both) {
            if (entry != null && ((entry.hash & bit) != 0) == one) {
                entries[count++] = entry;
            }
        }
        return count == 0 ? null : word(entries, count);
    }

    /// The entries in a bucket with this word, with gaps; not to be written to. None for a [Moved].
    static <K, V> @Nullable BucketEntry<K, V>[] entries(@Nullable Word<K, V> word) {
        if (word instanceof Overflow<K, V> overflow) {
            return overflow.slots;
        }
        if (word instanceof BucketEntry<K, V> entry) {
            @Nullable BucketEntry<K, V>[] one = array(1);
            one[0] = entry;
            return one;
        }
        return array(0);
    }

    /// The simplest word for the first `count` elements of `entries`: see [Word].
    private static <K, V> Word<K, V> word(@Nullable BucketEntry<K, V>[] entries, int count) {
        BucketEntry<K, V> first = entries[0];
        if (first == null) {
            return Empty.word();
        }
        return count == 1 ? first : new Overflow<>(entries, count);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static <K, V> @Nullable BucketEntry<K, V>[] array(int length) {
        return new BucketEntry[length];
    }
}
