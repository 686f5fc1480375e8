package dev.situ.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Reads and writes words of memory: the only place in Situ that holds a `VarHandle` on memory.
///
/// Every method takes a place as *(memory, offset)*: a segment and a byte offset in it, so that no segment has
/// to be sliced, and so no object made, to name a place. Bounds are checked by the segment.
///
/// The mode is in the name, as in [java.lang.invoke.VarHandle]: nothing for a plain access, `Opaque`, `Acquire`,
/// `Release` and `Volatile` for the others. Those with a mode, and all compare-and-sets, need their natural
/// alignment (8 or 4 bytes). The byte order is in the name where it can be seen: `Be` for network order; all others
/// are in the order of the machine, which Situ requires to be little endian.
///
/// All methods are safe to call from any thread; what they guarantee between threads is what their mode says.
public final class Words {
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();
    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();

    private static final ValueLayout.OfLong LONG_ANY = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfInt INT_ANY = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfShort SHORT_ANY = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfLong LONG_BE = LONG_ANY.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT_BE = INT_ANY.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort SHORT_BE = SHORT_ANY.withOrder(ByteOrder.BIG_ENDIAN);

    static {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new ExceptionInInitializerError("Situ needs a little-endian machine");
        }
    }

    private Words() {}

    // ---- plain, any alignment -------------------------------------------------------------------------------------

    public static byte getByte(MemorySegment memory, long offset) {
        return memory.get(ValueLayout.JAVA_BYTE, offset);
    }

    public static void setByte(MemorySegment memory, long offset, byte value) {
        memory.set(ValueLayout.JAVA_BYTE, offset, value);
    }

    public static short getShort(MemorySegment memory, long offset) {
        return memory.get(SHORT_ANY, offset);
    }

    public static void setShort(MemorySegment memory, long offset, short value) {
        memory.set(SHORT_ANY, offset, value);
    }

    public static int getInt(MemorySegment memory, long offset) {
        return memory.get(INT_ANY, offset);
    }

    public static void setInt(MemorySegment memory, long offset, int value) {
        memory.set(INT_ANY, offset, value);
    }

    public static long getLong(MemorySegment memory, long offset) {
        return memory.get(LONG_ANY, offset);
    }

    public static void setLong(MemorySegment memory, long offset, long value) {
        memory.set(LONG_ANY, offset, value);
    }

    // ---- plain, network order, any alignment ----------------------------------------------------------------------

    /// Reads an unsigned 16-bit number in network order: 0 to 65535.
    public static int getUnsignedShortBe(MemorySegment memory, long offset) {
        return Short.toUnsignedInt(memory.get(SHORT_BE, offset));
    }

    /// Writes the low 16 bits of `value` in network order.
    public static void setShortBe(MemorySegment memory, long offset, int value) {
        memory.set(SHORT_BE, offset, (short) value);
    }

    public static int getIntBe(MemorySegment memory, long offset) {
        return memory.get(INT_BE, offset);
    }

    public static void setIntBe(MemorySegment memory, long offset, int value) {
        memory.set(INT_BE, offset, value);
    }

    public static long getLongBe(MemorySegment memory, long offset) {
        return memory.get(LONG_BE, offset);
    }

    public static void setLongBe(MemorySegment memory, long offset, long value) {
        memory.set(LONG_BE, offset, value);
    }

    // ---- between threads, naturally aligned -----------------------------------------------------------------------

    public static long getLongOpaque(MemorySegment memory, long offset) {
        return (long) LONG.getOpaque(memory, offset);
    }

    public static void setLongOpaque(MemorySegment memory, long offset, long value) {
        LONG.setOpaque(memory, offset, value);
    }

    public static long getLongAcquire(MemorySegment memory, long offset) {
        return (long) LONG.getAcquire(memory, offset);
    }

    public static void setLongRelease(MemorySegment memory, long offset, long value) {
        LONG.setRelease(memory, offset, value);
    }

    public static long getLongVolatile(MemorySegment memory, long offset) {
        return (long) LONG.getVolatile(memory, offset);
    }

    public static void setLongVolatile(MemorySegment memory, long offset, long value) {
        LONG.setVolatile(memory, offset, value);
    }

    /// Sets the word to `next` if it is `expected`, with volatile semantics. Never fails spuriously.
    public static boolean compareAndSetLong(MemorySegment memory, long offset, long expected, long next) {
        return LONG.compareAndSet(memory, offset, expected, next);
    }

    /// Adds `delta` with volatile semantics and gives the value before.
    public static long getAndAddLong(MemorySegment memory, long offset, long delta) {
        return (long) LONG.getAndAdd(memory, offset, delta);
    }

    public static int getIntOpaque(MemorySegment memory, long offset) {
        return (int) INT.getOpaque(memory, offset);
    }

    public static void setIntOpaque(MemorySegment memory, long offset, int value) {
        INT.setOpaque(memory, offset, value);
    }

    public static int getIntAcquire(MemorySegment memory, long offset) {
        return (int) INT.getAcquire(memory, offset);
    }

    public static void setIntRelease(MemorySegment memory, long offset, int value) {
        INT.setRelease(memory, offset, value);
    }

    public static int getIntVolatile(MemorySegment memory, long offset) {
        return (int) INT.getVolatile(memory, offset);
    }

    public static void setIntVolatile(MemorySegment memory, long offset, int value) {
        INT.setVolatile(memory, offset, value);
    }

    /// Sets the word to `next` if it is `expected`, with volatile semantics. Never fails spuriously.
    public static boolean compareAndSetInt(MemorySegment memory, long offset, int expected, int next) {
        return INT.compareAndSet(memory, offset, expected, next);
    }

    /// Adds `delta` with volatile semantics and gives the value before.
    public static int getAndAddInt(MemorySegment memory, long offset, int delta) {
        return (int) INT.getAndAdd(memory, offset, delta);
    }

    /// Orders every access before against every access after, stores before against loads after included.
    public static void fullFence() {
        VarHandle.fullFence();
    }

    // ---- runs of bytes --------------------------------------------------------------------------------------------

    /// Copies `length` bytes. The two places may overlap.
    public static void copy(MemorySegment from, long fromOffset, MemorySegment to, long toOffset, long length) {
        MemorySegment.copy(from, fromOffset, to, toOffset, length);
    }

    /// Copies bytes of a Java array to memory.
    public static void copyFrom(byte[] from, int fromIndex, MemorySegment to, long toOffset, int length) {
        MemorySegment.copy(from, fromIndex, to, ValueLayout.JAVA_BYTE, toOffset, length);
    }

    /// Copies bytes of memory to a Java array.
    public static void copyTo(MemorySegment from, long fromOffset, byte[] to, int toIndex, int length) {
        MemorySegment.copy(from, ValueLayout.JAVA_BYTE, fromOffset, to, toIndex, length);
    }

    /// Says whether two runs of `length` bytes are equal.
    public static boolean equal(MemorySegment a, long aOffset, MemorySegment b, long bOffset, long length) {
        return MemorySegment.mismatch(a, aOffset, aOffset + length, b, bOffset, bOffset + length) < 0;
    }
}
