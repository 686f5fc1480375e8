package dev.situ.store;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;
import java.util.function.LongConsumer;

/// Walks the keys a part at a time, while others change them.
///
/// A cursor is a place in the space of hashes. A bucket holds the keys of one interval of that space, in every
/// table, for its number is the top bits of the hash; so a cursor stays good while the index grows: what lies
/// before it was visited, what lies after it was not. A key that is there from the first call to the last is
/// visited once at least, and twice only if a clear made the table smaller meanwhile.
///
/// The bits of a cursor are turned round when it is given out, so that it is a small number, as clients are used
/// to.
final class Scan {
    /// A time at which no record is expired.
    static final long BEFORE_ALL_EXPIRIES = 0;

    private final MemorySegment memory;
    private final Index index;
    private final Pick pick = new Pick();

    Scan(Index index) {
        this.memory = index.memory;
        this.index = index;
    }

    /// Visits the keys of one database, as [StoreWorker#scan] says.
    ///
    /// @param nowMillis records that are expired then are not visited
    long scan(int database, long cursor, int count, long nowMillis, LongConsumer visitor) {
        long place = Long.reverse(cursor);
        long visited = 0;
        long most = Math.max(1, count);
        for (long looked = 0; visited < most && looked < most * 10; looked++) {
            Table table = index.current();
            long number = table.index(place);
            visited += visit(database, table, number, nowMillis, visitor);
            if (number + 1 == table.buckets()) {
                return 0;
            }
            place = table.placeOf(number + 1);
        }
        return Long.reverse(place);
    }

    /// A record at random that is not expired, or [Record#NONE] if the database has none: one of the first bucket that
    /// has some, from a place on that is `random`.
    long any(int database, long random, long nowMillis) {
        pick.begin(random);
        long cursor = random;
        boolean wrapped = false;
        while (true) {
            cursor = scan(database, cursor, 1, nowMillis, pick);
            if (pick.seen > 0 || (cursor == 0 && wrapped)) {
                return pick.chosen;
            }
            wrapped |= cursor == 0;
        }
    }

    /// Keeps one of the records that it gets, each with the same chance.
    private static final class Pick implements LongConsumer {
        long chosen;
        int seen;
        private long random;

        void begin(long seed) {
            random = seed;
            chosen = Record.NONE;
            seen = 0;
        }

        @Override
        public void accept(long record) {
            random = random * 0x5851F42D4C957F2DL + 1;
            if (Long.remainderUnsigned(random >>> 32, ++seen) == 0) {
                chosen = record;
            }
        }
    }

    private long visit(int database, Table table, long number, long nowMillis, LongConsumer visitor) {
        long first = table.bucketAt(number);
        if (Bucket.isMoved(Bucket.overflow(memory, first))) {
            Table next = table.nextAfterMove();
            return visit(database, next, number * 2, nowMillis, visitor)
                    + visit(database, next, number * 2 + 1, nowMillis, visitor);
        }
        long visited = 0;
        for (long bucket = first; bucket != 0; bucket = Bucket.next(Bucket.overflow(memory, bucket))) {
            for (int i = 0; i < Bucket.SLOTS; i++) {
                long word = Words.getLongAcquire(memory, Bucket.slot(bucket, i));
                if (SlotWord.isMember(word)) {
                    long record = SlotWord.reference(word);
                    boolean expired = SlotWord.isVolatile(word) && Record.isExpired(memory, record, nowMillis);
                    if (!expired && Record.database(memory, record) == database) {
                        visitor.accept(record);
                        visited++;
                    }
                }
            }
        }
        return visited;
    }
}
