package dev.situ.optimap;

import org.jspecify.annotations.Nullable;

/// The last word that a bucket of an outgrown table ever holds: go on in the larger table.
///
/// Two forms. **Frozen**: `frozen` is the bucket's last version. Its halves may not have reached the larger
/// table yet; where a successor bucket is still `null`, `frozen` is what it will hold. **Done**: one object for
/// all buckets of a growth, `frozen` is `null`; both successors hold what they must.
///
/// A reader treats both alike: look at the successor, and if it is `null`, at `frozen`. So it never has to wait
/// for, or do, the moving.
final class Moved<K, V> extends Word<K, V> {
    final Word<K, V>[] to;
    final @Nullable Word<K, V> frozen;
    private final Moved<K, V> done;

    /// The form that says that a bucket is done.
    Moved(Word<K, V>[] to) {
        this.to = to;
        this.frozen = null;
        this.done = this;
    }

    /// The form that freezes a bucket at `frozen`, and will be replaced by `done`.
    Moved(Word<K, V> frozen, Moved<K, V> done) {
        this.to = done.to;
        this.frozen = frozen;
        this.done = done;
    }

    /// What the successor bucket at `index` of the larger table holds now: its own word, or, where it has none
    /// yet, the frozen list with the nodes of both halves. May be a [Moved] in its turn.
    @Nullable
    Word<K, V> successor(int index) {
        Word<K, V> head = Buckets.get(to, index);
        return head != null ? head : frozen;
    }

    /// Brings the frozen version's halves to the larger table, and then releases it: steps 2 and 3 of [Growth].
    /// This is the word that was found in bucket `index` of `from`. Any number of threads may do it, at any
    /// time.
    void finish(Word<K, V>[] from, int index) {
        if (frozen != null) {
            fill(index, Overflow.half(frozen, from.length, false));
            fill(index + from.length, Overflow.half(frozen, from.length, true));
            Buckets.compareAndSet(from, index, this, done);
        }
    }

    private void fill(int index, @Nullable Word<K, V> half) {
        if (half != null) {
            Buckets.compareAndSet(to, index, null, half);
        }
    }
}
