package dev.situ.optimap;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/// The move of a table's content into one twice as large: incremental, lock-free, shared among the writers.
///
/// Bucket *i* of a table of *n* splits into buckets *i* and *i + n* of the larger one. For each bucket:
///
/// ```
///   1  freeze    from[i]:    list ──CAS──▶ Moved(frozen = list)      no writer can change the old bucket any more
///   2  fill      to[i]:      null ──CAS──▶ low half                  the first helper wins, the others' fail
///                to[i + n]:  null ──CAS──▶ high half
///   3  release   from[i]:    Moved(list) ──CAS──▶ Moved(done)        the frozen version may be collected
/// ```
///
/// An empty bucket goes to *done* in one step, and an empty half is not filled at all: `null` is right there. A
/// successor bucket is changed by others only after it was filled, and never goes back to `null` ([Empty]), so
/// a helper that slept in step 2 can do no harm.
///
/// A writer that meets a frozen bucket does steps 2 and 3 itself and goes on in the larger table; a reader
/// reads through ([Moved#successor]). Each such writer, and each insert, also moves one *stride* of buckets, so
/// that growth ends.
///
/// **Who has finished.** Strides are handed out in order by a counter. After the last one, helpers take those
/// strides whose thread has not reported back yet a second time: a thread that sleeps delays nobody. `moved`
/// has a bit for each stride that is done; when all are set, the larger table becomes the map's table.
final class Growth<K, V> {
    /// Buckets that a writer moves at a time: a few microseconds of work.
    static final int STRIDE = 16;

    final Table<K, V> from;
    final Table<K, V> to;

    private final Moved<K, V> done;
    private final int strides;
    private final AtomicInteger claims = new AtomicInteger();
    private final AtomicLongArray moved;

    Growth(Table<K, V> from, Table<K, V> to) {
        this.from = from;
        this.to = to;
        this.done = new Moved<>(to.buckets);
        this.strides = Math.max(1, from.buckets.length / STRIDE);
        this.moved = new AtomicLongArray((strides + Long.SIZE - 1) / Long.SIZE);
    }

    /// Moves one stride. Returns whether everything has been moved.
    boolean help() {
        int stride = claim();
        if (stride >= 0) {
            int begin = stride * STRIDE;
            int end = Math.min(begin + STRIDE, from.buckets.length);
            for (int index = begin; index < end; index++) {
                move(index);
            }
            moved.getAndAccumulate(stride / Long.SIZE, 1L << stride, (old, bit) -> old | bit);
        }
        return claims.get() >= strides && firstUnmoved() < 0;
    }

    /// The next stride to move: a fresh one, or one that somebody has begun but not finished; negative if there
    /// is none.
    int claim() {
        if (claims.get() < strides) {
            int claimed = claims.getAndIncrement();
            if (claimed < strides) {
                return claimed;
            }
        }
        return firstUnmoved();
    }

    private int firstUnmoved() {
        for (int word = 0; word < moved.length(); word++) {
            int stride = word * Long.SIZE + Long.numberOfTrailingZeros(~moved.get(word));
            if (stride < Math.min(strides, (word + 1) * Long.SIZE)) {
                return stride;
            }
        }
        return -1;
    }

    /// Moves one bucket, from whatever step it has reached.
    private void move(int index) {
        while (true) {
            Word<K, V> head = Buckets.get(from.buckets, index);
            if (head instanceof Moved<K, V> begun) {
                begun.finish(from.buckets, index);
                return;
            }
            Moved<K, V> frozen = head == null || head instanceof Empty ? done : new Moved<>(head, done);
            if (Buckets.compareAndSet(from.buckets, index, head, frozen)) {
                frozen.finish(from.buckets, index);
                return;
            }
        }
    }
}
