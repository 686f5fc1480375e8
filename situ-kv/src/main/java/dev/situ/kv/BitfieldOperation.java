package dev.situ.kv;

/// One operation of a `BITFIELD`, and the arithmetic of numbers of 1 to 64 bits that it needs.
///
/// @param kind what it does
/// @param signed whether the field is a number with a sign
/// @param bits of the field: 1 to 64, of one without a sign 1 to 63
/// @param at the number of the field's first bit
/// @param operand what is set or added
/// @param overflow what becomes of a result that does not fit
record BitfieldOperation(Kind kind, boolean signed, int bits, long at, long operand, Overflow overflow) {
    enum Kind {
        GET,
        SET,
        INCRBY
    }

    /// What becomes of a result that does not fit into its field.
    enum Overflow {
        /// The bits that fit are kept.
        WRAP,
        /// The largest or smallest number that fits is taken.
        SAT,
        /// Nothing is done.
        FAIL
    }

    boolean isWrite() {
        return kind != Kind.GET;
    }

    /// How many bytes a value has at least that holds the field.
    int leastBytes() {
        return (int) ((at + bits - 1) >>> 3) + 1;
    }

    /// The number that the bits of the field are.
    ///
    /// @param raw those bits, and zeros above them
    long valueOf(long raw) {
        return signed ? raw << (64 - bits) >> (64 - bits) : raw;
    }

    private long max() {
        return signed ? Long.MAX_VALUE >>> (64 - bits) : -1L >>> (64 - bits);
    }

    private long min() {
        return signed ? -max() - 1 : 0;
    }

    /// What the field is to be, before it is cut to its bits.
    ///
    /// @param old what it is
    private long wanted(long old) {
        return kind == Kind.SET ? operand : old + operand;
    }

    /// Whether what the field is to be does not fit: 1 if it is too large, -1 if it is too small, else 0. A number
    /// set in a field without a sign is taken for one without a sign, so that a negative one is too large.
    int overflow(long old) {
        long wanted = wanted(old);
        if (kind == Kind.SET) {
            if (!signed) {
                return Long.compareUnsigned(wanted, max()) > 0 ? 1 : 0;
            }
            return wanted > max() ? 1 : wanted < min() ? -1 : 0;
        }
        if (((old ^ wanted) & (operand ^ wanted)) < 0) { // even 64 bits do not hold it
            return operand > 0 ? 1 : -1;
        }
        return wanted > max() ? 1 : wanted < min() ? -1 : 0;
    }

    /// What the field becomes: what is wanted, or what becomes of it if it does not fit. Not for [Overflow#FAIL] when
    /// it does not.
    long result(long old) {
        int direction = overflow(old);
        if (direction != 0 && overflow == Overflow.SAT) {
            return direction > 0 ? max() : min();
        }
        return valueOf(wanted(old) << (64 - bits) >>> (64 - bits));
    }
}
