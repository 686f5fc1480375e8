package dev.situ.kv;

/// The bits that two places name, of a value: both belong to it, negative ones count from the end, and they are bytes
/// or bits. Reused; confined to one thread.
final class BitRange {
    private long first;
    private long last;

    BitRange() {}

    /// Says which bits are meant.
    ///
    /// @param length of the value, in bytes
    /// @param bits whether the places are those of bits, and not of bytes
    void set(int length, boolean bits, long from, long to) {
        long places = bits ? length * 8L : length;
        first = Math.max(0, from < 0 ? from + places : from);
        last = Math.min(Math.max(0, to < 0 ? to + places : to), places - 1);
        if (!bits && !isEmpty()) {
            first *= 8;
            last = last * 8 + 7;
        }
    }

    boolean isEmpty() {
        return first > last;
    }

    private int firstByte() {
        return (int) (first >>> 3);
    }

    private int lengthBytes() {
        return (int) (last >>> 3) - firstByte() + 1;
    }

    /// The ones of a range that is not empty.
    long count(ValueBytes bytes, long record) {
        return Bits.count(bytes.slices(record, firstByte(), lengthBytes()), first, last);
    }

    /// The first bit that is `one` or not, of a range that is not empty, counted from the value's first; or
    /// [Bits#NONE].
    long find(ValueBytes bytes, long record, boolean one) {
        long found = Bits.find(bytes.slices(record, firstByte(), lengthBytes()), one, first, last);
        return found == Bits.NONE ? Bits.NONE : found + firstByte() * 8L;
    }
}
