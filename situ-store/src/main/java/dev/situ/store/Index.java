package dev.situ.store;

import com.dynatrace.hash4j.hashing.Hasher64;
import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The way from a key to its record: the current [Table], and reading in it.
///
/// A reader loads the table, the bucket's overflow word, and the slots one by one. It writes nothing and never
/// starts again: whatever it finds was in the map at some moment while it looked.
/// - Found: the slot held the record when it was loaded; or the word was frozen, and then the bucket had not
///   moved when the reader began, so the record was in the map at that moment or, if it came later, when it came.
/// - Not found: a key that is in the map all the time stays in one slot of a table, and a frozen slot keeps it,
///   so the reader would have met it. If it was deleted and inserted again in a slot already passed, then it was
///   absent in between.
/// - Moved: the reader goes on in the next table, where the bucket has arrived completely.
final class Index {
    private static final VarHandle CURRENT;

    static {
        try {
            CURRENT = MethodHandles.lookup().findVarHandle(Index.class, "current", Table.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final MemorySegment memory;
    final Hasher64 hasher;
    /// Keys, a little late: workers add what they have inserted and deleted now and then.
    final AtomicLong keys = new AtomicLong();
    private volatile Table current;

    Index(MemorySegment memory, Hasher64 hasher, Table first) {
        this.memory = memory;
        this.hasher = hasher;
        this.current = first;
    }

    /// As many keys as slots: two buckets in five overflow then, and one key in seven is in a chained bucket. More
    /// would save a byte or two a key, and cost a lookup a quarter of its speed; fewer cost up to 23 bytes a key.
    static long threshold(int bits) {
        return (long) Bucket.SLOTS << bits;
    }

    long hash(int database, MemorySegment key, long offset, int length) {
        return KeyBytes.hash(hasher, database, key, offset, length);
    }

    Table current() {
        return current;
    }

    /// Fetches the bucket of a key for writing, without waiting for it. Inside the epoch.
    void touchForWriting(long hash) {
        Bucket.touchForWriting(memory, current.bucketOf(hash));
    }

    boolean replaceCurrent(Table from, Table to) {
        return CURRENT.compareAndSet(this, from, to);
    }

    /// The record of a key, expired or not, or [Record#NONE].
    long find(long hash, int database, MemorySegment key, long offset, int length) {
        MemorySegment memory = this.memory;
        long tag = SlotWord.tag(hash);
        int home = SlotWord.home(tag);
        Table table = current;
        while (true) {
            long bucket = table.bucketOf(hash);
            long overflow = Bucket.overflow(memory, bucket);
            if (Bucket.isMoved(overflow)) {
                table = table.nextAfterMove();
                continue;
            }
            while (true) {
                for (int i = 0; i < Bucket.SLOTS; i++) {
                    long word = Words.getLongAcquire(memory, Bucket.slot(bucket, home, i));
                    if (SlotWord.hasTag(word, tag) && !SlotWord.isTentative(word)) {
                        long record = SlotWord.reference(word);
                        if (record != Record.NONE && Record.hasKey(memory, record, database, key, offset, length)) {
                            return record;
                        }
                    }
                }
                bucket = Bucket.next(overflow);
                if (bucket == 0) {
                    return Record.NONE;
                }
                overflow = Bucket.overflow(memory, bucket);
            }
        }
    }

    /// The table that a bucket in growth leads to, or null if the current one does not grow.
    @Nullable
    Table growingTo() {
        Table next = current.next();
        return next == null || next.emptied ? null : next;
    }
}
