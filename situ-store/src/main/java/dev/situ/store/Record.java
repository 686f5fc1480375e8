package dev.situ.store;

import com.dynatrace.hash4j.hashing.Hasher64;
import dev.situ.memory.Checks;
import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// The layout of a record: a key, its value and what belongs to them. The only class that knows an offset in it.
///
/// ```
///    63             48 47                     24 23                      0
///    +----------------+-------------------------+------------------------+
///    | short lengths  | version                 | pins                   |   while claimed: 47 to 0 are the
///    +----------------+--------+-------+--------+------------------------+   upper 48 bits of the key's hash
///  8 | use    | form  | expire at, ms since 1970, 0: never               |
///    +--------+-------+-----------------+--------------------------------+
/// 16 | db    | value length, 30 bits | key length, 30 bits              |   only in a long header
///    +-------+-----------------------+----------------------------------+
///    | key
///    +---------
///    | inline:  [frame head] value [frame tail]
///    | adopted: up to a multiple of 8, then [AdoptedValue]: where the same bytes lie
///    +---------
///
///    form:  7       4   3   2   1     0
///          +---------+----+---+-------+     head: bytes of the frame before the value, 0: no frame
///          |  head   | L  | A | state |     L: the header is long
///          +---------+----+---+-------+     A: adopted
///
///    short lengths: key length in bits 63 to 58, value length in bits 57 to 48
/// ```
///
/// Most keys and values are short, and most stores have one database, so most headers have [#SHORT_HEADER_BYTES]. A
/// header is long if a length is more than short ones can say, or if the database is not 0.
///
/// A **frame** is what a protocol puts around a value, [#frameHead] bytes before it and [#FRAME_TAIL_BYTES] after
/// it. A value that is kept with it is *reply-ready*: it can be sent as it lies. The frame is no part of the value.
///
/// An **adopted** value lies in buffers of a [dev.situ.memory.BufferSource], which the record holds until it is
/// freed. [StoredValues] reads values of either form.
///
/// | field | written by | how |
/// |---|---|---|
/// | pins | anyone inside an epoch, or who holds a pin | atomic add; 2^24 - 1 at most |
/// | version, expiry, lengths, database, key, value | the claimer, before it is published | plain |
/// | form | claimer; its state then by who unlinks it | plain byte, for checks and for eviction |
/// | expiry, form and use at once | who makes it live, before it is published; who frees it | plain |
/// | use | anyone who finds it | plain byte, only if it changes; a hint for eviction |
///
/// A **reference** is the record's offset in the region: a multiple of 8, never 0. It is valid inside the epoch
/// in which it was found, and longer if it is pinned. All reads here are plain: a reference comes out of a slot
/// word by an acquire, and what it leads to does not change.
@SuppressWarnings("AvoidCommonTypeNames") // the field calls it a record; java.lang.Record is not used here
public final class Record {
    /// No record.
    public static final long NONE = 0;

    /// The bytes of a record besides its key and its value, if both are short, [#MOST_SHORT_KEY_BYTES] and
    /// [#MOST_SHORT_VALUE_BYTES] at most, and it is in database 0.
    public static final int SHORT_HEADER_BYTES = 16;

    /// The bytes of any other record besides its key and its value.
    public static final int LONG_HEADER_BYTES = 24;

    /// The longest key of a record with a short header.
    public static final int MOST_SHORT_KEY_BYTES = 63;

    /// The longest value of a record with a short header.
    public static final int MOST_SHORT_VALUE_BYTES = 1023;

    /// The longest key and the longest value.
    public static final int MAX_LENGTH = (1 << 30) - 1;

    /// The longest head of a frame.
    public static final int MAX_FRAME_HEAD_BYTES = 15;

    /// The bytes of a frame behind the value.
    public static final int FRAME_TAIL_BYTES = 2;

    static final int FREE = 0;
    static final int CLAIMED = 1;
    static final int LIVE = 2;
    /// Only in checked mode. Otherwise a retired record still looks alive: nothing is written to it before it is
    /// freed.
    static final int RETIRED = 3;

    private static final int FIRST = 0;
    private static final int CACHE_LINE = 64;
    private static final int EXPIRY = 8;
    private static final int FORM = 14;
    private static final int USE = 15;
    private static final int LONG_LENGTHS = 16;

    private static final long PINS_MASK = 0xFF_FFFFL;
    private static final int VERSION_SHIFT = 24;
    private static final int VERSION_MASK = 0xFF_FFFF;
    private static final int LENGTHS_SHIFT = 48;
    private static final long LENGTHS_MASK = 0xFFFFL << LENGTHS_SHIFT;
    private static final int SHORT_KEY_SHIFT = 58;
    private static final int SHORT_VALUE_SHIFT = 48;
    private static final int HASH_SHIFT = 16;

    private static final int LONG_VALUE_SHIFT = 30;
    private static final int DATABASE_SHIFT = 60;
    private static final long NOT_THE_VALUE = ~((long) MAX_LENGTH << LONG_VALUE_SHIFT);

    private static final long EXPIRY_MASK = 0x0000_FFFF_FFFF_FFFFL;
    private static final int FORM_SHIFT = 48;
    private static final int STATE_MASK = 3;
    private static final int ADOPTED = 4;
    private static final int LONG = 8;
    private static final int HEAD_SHIFT = 4;
    private static final long FORM_BUT_STATE = (0xFFL & ~STATE_MASK) << FORM_SHIFT;
    private static final long LONG_OR_ADOPTED = (long) (LONG | ADOPTED) << FORM_SHIFT;

    private Record() {}

    // ---- what everyone may ask ------------------------------------------------------------------------------------

    /// Where the key's bytes start: at a multiple of 8.
    public static long keyOffset(MemorySegment region, long record) {
        return record + headerBytes(region, record);
    }

    /// The bytes of the key.
    public static int keyLength(MemorySegment region, long record) {
        check(region, record);
        return keyLength(region, record, form(region, record));
    }

    /// The number of the database that the key is in.
    public static int database(MemorySegment region, long record) {
        check(region, record);
        return database(region, record, form(region, record));
    }

    /// Whether the value lies in buffers of a transport, and not in the record.
    public static boolean isAdopted(MemorySegment region, long record) {
        check(region, record);
        return (form(region, record) & ADOPTED) != 0;
    }

    /// The bytes of the frame before the value, or 0 if the value is kept bare.
    public static int frameHead(MemorySegment region, long record) {
        check(region, record);
        return head(form(region, record));
    }

    /// Where the value's bytes start, of a value that is in the record.
    ///
    /// @throws IllegalStateException if it is adopted, and so in no single place
    public static long valueOffset(MemorySegment region, long record) {
        check(region, record);
        int form = form(region, record);
        if ((form & ADOPTED) != 0) {
            throw new IllegalStateException("an adopted value is in no single place: " + hex(record));
        }
        return record + headerBytes(form) + keyLength(region, record, form) + head(form);
    }

    /// Where the frame's head starts, or the value if it has no frame, of a value that is in the record.
    ///
    /// @throws IllegalStateException if it is adopted
    public static long frameOffset(MemorySegment region, long record) {
        return valueOffset(region, record) - frameHead(region, record);
    }

    /// The bytes of the value and its frame.
    public static long framedLength(MemorySegment region, long record) {
        return valueLength(region, record) + (long) frameBytes(frameHead(region, record));
    }

    /// The bytes of the value.
    public static int valueLength(MemorySegment region, long record) {
        check(region, record);
        return valueLength(region, record, form(region, record));
    }

    /// When the record expires, in milliseconds since 1970, or 0 for never.
    public static long expireAtMillis(MemorySegment region, long record) {
        check(region, record);
        return Words.getLong(region, record + EXPIRY) & EXPIRY_MASK;
    }

    /// Sets when the record expires. Only for a claimed record, before it is published.
    ///
    /// @param millis since 1970; 0 for never; what is beyond the year 10000 counts as the largest time that fits
    public static void setExpireAtMillis(MemorySegment region, long record, long millis) {
        requireClaimed(region, record);
        long clamped = Math.clamp(millis, 0, EXPIRY_MASK);
        long rest = Words.getLong(region, record + EXPIRY) & ~EXPIRY_MASK;
        Words.setLong(region, record + EXPIRY, rest | clamped);
    }

    /// A number of 24 bits that changes with each write of the key. Two records of one key that follow each other
    /// have versions that follow each other, 0 after the highest; a key that was away in between starts anywhere.
    public static int version(MemorySegment region, long record) {
        check(region, record);
        return (int) (Words.getLong(region, record + FIRST) >>> VERSION_SHIFT) & VERSION_MASK;
    }

    /// Whether the record's time is over at `nowMillis`.
    public static boolean isExpired(MemorySegment region, long record, long nowMillis) {
        long at = expireAtMillis(region, record);
        return at != 0 && at <= nowMillis;
    }

    // ---- what only the store does ---------------------------------------------------------------------------------

    /// The bytes that a frame with such a head adds to a value.
    static int frameBytes(int head) {
        return head == 0 ? 0 : head + FRAME_TAIL_BYTES;
    }

    /// The bytes of the header of a record with such a key and such a value.
    static int headerBytes(int database, int keyLength, int valueLength) {
        return isLong(database, keyLength, valueLength) ? LONG_HEADER_BYTES : SHORT_HEADER_BYTES;
    }

    static int headerBytes(MemorySegment region, long record) {
        return headerBytes(form(region, record));
    }

    private static int headerBytes(int form) {
        return SHORT_HEADER_BYTES + (form & LONG); // the flag is worth what a long header takes more
    }

    private static boolean isLong(int database, int keyLength, int valueLength) {
        return database != 0 || keyLength > MOST_SHORT_KEY_BYTES || valueLength > MOST_SHORT_VALUE_BYTES;
    }

    private static int database(MemorySegment region, long record, int form) {
        return (form & LONG) == 0 ? 0 : (int) (Words.getLong(region, record + LONG_LENGTHS) >>> DATABASE_SHIFT);
    }

    private static int keyLength(MemorySegment region, long record, int form) {
        return (form & LONG) == 0
                ? (int) (Words.getLong(region, record + FIRST) >>> SHORT_KEY_SHIFT)
                : (int) Words.getLong(region, record + LONG_LENGTHS) & MAX_LENGTH;
    }

    private static int valueLength(MemorySegment region, long record, int form) {
        return (form & LONG) == 0
                ? (int) (Words.getLong(region, record + FIRST) >>> SHORT_VALUE_SHIFT) & MOST_SHORT_VALUE_BYTES
                : (int) (Words.getLong(region, record + LONG_LENGTHS) >>> LONG_VALUE_SHIFT) & MAX_LENGTH;
    }

    /// The bytes of a record with such a key and such a value in it.
    static long bytes(int database, int keyLength, int valueLength, int head) {
        return (long) headerBytes(database, keyLength, valueLength) + keyLength + valueLength + frameBytes(head);
    }

    static long bytes(MemorySegment region, long record) {
        long first = Words.getLong(region, record + FIRST);
        long second = Words.getLong(region, record + EXPIRY);
        if ((second & LONG_OR_ADOPTED) == 0) {
            long lengths = (first >>> SHORT_KEY_SHIFT) + (first >>> SHORT_VALUE_SHIFT & MOST_SHORT_VALUE_BYTES);
            return SHORT_HEADER_BYTES + lengths + frameBytes((int) (second >>> (FORM_SHIFT + HEAD_SHIFT)) & 15);
        }
        int form = form(region, record);
        int keyLength = keyLength(region, record, form);
        if ((form & ADOPTED) != 0) {
            return AdoptedValue.recordBytes(headerBytes(form), keyLength, AdoptedValue.slices(region, record));
        }
        return (long) headerBytes(form) + keyLength + valueLength(region, record, form) + frameBytes(head(form));
    }

    /// Whether two records surely count the same: their bytes, their expiry, what they have adopted. Quicker than to
    /// count either; says no of records with long headers, and of adopted values.
    static boolean countAlike(MemorySegment region, long a, long b) {
        long lengths = Words.getLong(region, a + FIRST) ^ Words.getLong(region, b + FIRST);
        long first = Words.getLong(region, a + EXPIRY);
        long second = Words.getLong(region, b + EXPIRY);
        return (lengths & LENGTHS_MASK) == 0
                && ((first ^ second) & FORM_BUT_STATE) == 0
                && (first & LONG_OR_ADOPTED) == 0
                && ((first & EXPIRY_MASK) != 0) == ((second & EXPIRY_MASK) != 0);
    }

    private static int form(MemorySegment region, long record) {
        return Words.getByte(region, record + FORM) & 0xFF;
    }

    private static int head(int form) {
        return form >>> HEAD_SHIFT;
    }

    /// Writes the header of a fresh cell. The hash stands where pins and version will be.
    static void claim(
            MemorySegment region,
            long record,
            long hash,
            int use,
            int database,
            int keyLength,
            int valueLength,
            int head,
            boolean adopted) {
        int form = head << HEAD_SHIFT | (adopted ? ADOPTED : 0) | CLAIMED;
        long lengths;
        if (isLong(database, keyLength, valueLength)) {
            form |= LONG;
            lengths = 0;
            long longLengths = identity(database, keyLength) | (long) valueLength << LONG_VALUE_SHIFT;
            Words.setLong(region, record + LONG_LENGTHS, longLengths);
        } else {
            lengths = (long) keyLength << SHORT_KEY_SHIFT | (long) valueLength << SHORT_VALUE_SHIFT;
        }
        Words.setLong(region, record + FIRST, lengths | hash >>> HASH_SHIFT);
        Words.setLong(region, record + EXPIRY, (long) use << 56 | (long) form << FORM_SHIFT);
    }

    /// Writes the header of a fresh cell to which a live record moves: all as it was there, but no pins, and the
    /// value in the record.
    static void moveHeader(MemorySegment region, long from, long to) {
        Words.setLong(region, to + FIRST, Words.getLong(region, from + FIRST) & ~PINS_MASK);
        long expiryFormUse = Words.getLong(region, from + EXPIRY);
        long cleared = ~((long) (STATE_MASK | ADOPTED) << FORM_SHIFT);
        Words.setLong(region, to + EXPIRY, (expiryFormUse & cleared) | (long) LIVE << FORM_SHIFT);
        if ((form(region, from) & LONG) != 0) {
            Words.setLong(region, to + LONG_LENGTHS, Words.getLong(region, from + LONG_LENGTHS));
        }
    }

    /// The key's hash, all but its lowest 16 bits. Only while claimed.
    static long claimedHash(MemorySegment region, long record) {
        requireClaimed(region, record);
        return Words.getLong(region, record + FIRST) << HASH_SHIFT;
    }

    /// Whether a claimed record's key may have this hash.
    static boolean isClaimedFor(MemorySegment region, long record, long hash) {
        return claimedHash(region, record) >>> HASH_SHIFT == hash >>> HASH_SHIFT;
    }

    /// Makes a record one that may be published: no pins, a version, alive. A claimed one, or one that is alive and
    /// gets another version: others may have seen it as tentative, but not as a member of the map, so nobody has
    /// pinned it.
    ///
    /// @param version its lowest 24 bits count
    /// @return whether it has an expiry
    static boolean makeLive(MemorySegment region, long record, int version) {
        long lengths = Words.getLong(region, record + FIRST) & LENGTHS_MASK;
        Words.setLong(region, record + FIRST, lengths | (long) (version & VERSION_MASK) << VERSION_SHIFT);
        // In whole words: they are read as such right behind this, and would wait for a byte.
        long expiryFormUse = Words.getLong(region, record + EXPIRY) & ~((long) STATE_MASK << FORM_SHIFT);
        Words.setLong(region, record + EXPIRY, expiryFormUse | (long) LIVE << FORM_SHIFT);
        return (expiryFormUse & EXPIRY_MASK) != 0;
    }

    static int state(MemorySegment region, long record) {
        return form(region, record) & STATE_MASK;
    }

    static void setState(MemorySegment region, long record, int state) {
        Words.setByte(region, record + FORM, (byte) ((form(region, record) & ~STATE_MASK) | state));
    }

    /// Says of a cell that there is no record in it. Nobody looks at the rest of it any more.
    static void setFree(MemorySegment region, long record) {
        Words.setLong(region, record + EXPIRY, (long) FREE << FORM_SHIFT);
    }

    static int use(MemorySegment region, long record) {
        return Words.getByte(region, record + USE);
    }

    static void setUse(MemorySegment region, long record, int use) {
        Words.setByte(region, record + USE, (byte) use);
    }

    static int pins(MemorySegment region, long record) {
        return (int) (Words.getLongVolatile(region, record + FIRST) & PINS_MASK);
    }

    /// As [#pins], in no order with anything else: 0 if none.
    static long pinsOpaque(MemorySegment region, long record) {
        return Words.getLongOpaque(region, record + FIRST) & PINS_MASK;
    }

    static void addPins(MemorySegment region, long record, int delta) {
        long before = Words.getAndAddLong(region, record + FIRST, delta) & PINS_MASK;
        if (Checks.ON && (before + delta < 0 || before + delta > PINS_MASK)) {
            throw new IllegalStateException("unpinned more often than pinned: " + hex(record));
        }
    }

    static boolean hasKey(MemorySegment region, long record, int database, MemorySegment key, long offset, int length) {
        // The first word of a long header has no lengths, so that what it says of a key is said of a short one.
        if (Words.getLong(region, record + FIRST) >>> SHORT_KEY_SHIFT == length && length != 0 && database == 0) {
            return KeyBytes.equal(region, record + SHORT_HEADER_BYTES, key, offset, length);
        }
        int form = form(region, record);
        boolean fits = (form & LONG) == 0
                ? keyLength(region, record, form) == length && database == 0
                : (Words.getLong(region, record + LONG_LENGTHS) & NOT_THE_VALUE) == identity(database, length);
        return fits && KeyBytes.equal(region, record + headerBytes(form), key, offset, length);
    }

    /// What a long header says of the key.
    private static long identity(int database, int keyLength) {
        return (long) database << DATABASE_SHIFT | keyLength;
    }

    static long hash(Hasher64 hasher, MemorySegment region, long record) {
        int form = form(region, record);
        long key = record + headerBytes(form);
        int database = database(region, record, form);
        return KeyBytes.hash(hasher, database, region, key, keyLength(region, record, form));
    }

    static boolean sameKey(MemorySegment region, long a, long b) {
        int form = form(region, b);
        long key = b + headerBytes(form);
        return hasKey(region, a, database(region, b, form), region, key, keyLength(region, b, form));
    }

    /// Loads from the lines that a lookup and a reply need first: that of the header, and those of the 64 bytes from
    /// where key and value meet.
    static long touch(MemorySegment region, long record, int keyLength) {
        // The record may have another key than the one that is looked up, or stand at the end of the region.
        long last = region.byteSize() - 1;
        long meeting = record + SHORT_HEADER_BYTES + Math.min(keyLength, 256);
        return Words.getLong(region, record + FIRST)
                + Words.getByte(region, Math.min(meeting, last))
                + Words.getByte(region, Math.min(meeting + CACHE_LINE - 1, last));
    }

    /// The length of the key of a cell that may be changing under our eyes, or -1 if it cannot be one.
    ///
    /// @param header what [#headerBytes] gave for the cell: its key would start behind it
    static int plausibleKeyLength(MemorySegment region, long record, int header, long cellBytes) {
        int length = keyLength(region, record, header == LONG_HEADER_BYTES ? LONG : 0);
        return length < 0 || length > cellBytes - header ? -1 : length;
    }

    /// The database of the key of such a cell.
    ///
    /// @param header as above
    static int plausibleDatabase(MemorySegment region, long record, int header) {
        return database(region, record, header == LONG_HEADER_BYTES ? LONG : 0);
    }

    /// Whether a cell that may be changing under our eyes looks like a live record with an adopted value.
    static boolean looksAdopted(MemorySegment region, long record) {
        return (form(region, record) & (ADOPTED | STATE_MASK)) == (ADOPTED | LIVE);
    }

    /// Whether such a cell looks like a claimed record with an adopted value.
    static boolean looksClaimed(MemorySegment region, long record) {
        return (form(region, record) & (ADOPTED | STATE_MASK)) == (ADOPTED | CLAIMED);
    }

    static String hex(long record) {
        return "record 0x" + Long.toHexString(record);
    }

    private static void check(MemorySegment region, long record) {
        if (Checks.ON) {
            if (record == NONE || (record & 7) != 0) {
                throw new IllegalArgumentException("no " + hex(record));
            }
            if (state(region, record) == FREE) {
                throw new IllegalStateException("use after free: " + hex(record));
            }
        }
    }

    private static void requireClaimed(MemorySegment region, long record) {
        if (Checks.ON && state(region, record) != CLAIMED) {
            throw new IllegalStateException("not claimed: " + hex(record));
        }
    }
}
