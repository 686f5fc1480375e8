package dev.situ.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/// Reads and writes words of memory: the only place in Situ that holds a `VarHandle` on memory.
///
/// Every method takes a place as *(memory, offset)*: a segment and a byte offset in it, so that no segment has
/// to be sliced, and so no object made, to name a place.
///
/// **Safety.** Bounds are checked at every access. Memory is off the Java heap, and alive: whoever accesses it
/// holds it, and nobody closes an arena under another thread ([LastingArena]). Checked mode finds who does, by the
/// segment's own checks of life, owner and permission, which cost more than all the rest of an access and are left
/// out otherwise.
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

    /// All addresses. Of a constant the compiler knows what it has to ask of every other segment, at each access
    /// anew: of what kind it is, whether it is alive, whose it is. That is more work than the access itself.
    @SuppressWarnings("restricted") // all addresses given to it come from address()
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /// The bits that addresses and sizes of a process's memory can have, and more. The compiler sees so that an address
    /// and an offset within bounds are within those of [#ALL], and leaves a second check out at each access.
    private static final long ADDRESS = (1L << 61) - 1;

    private Words() {}

    /// What is accessed: in checked mode the segment itself, which looks at everything.
    private static MemorySegment in(MemorySegment memory) {
        return Checks.ON ? memory : ALL;
    }

    /// Where `bytes` bytes of memory are in [#in].
    ///
    /// @throws IndexOutOfBoundsException if they are not all in it
    /// @throws IllegalArgumentException if it is memory of the Java heap
    private static long address(MemorySegment memory, long offset, int bytes) {
        return Checks.ON
                ? offset
                : (start(memory) & ADDRESS) + Objects.checkIndex(offset, (memory.byteSize() & ADDRESS) - bytes + 1);
    }

    private static long start(MemorySegment memory) {
        if (!memory.isNative()) {
            throw new IllegalArgumentException("memory of the Java heap has no address");
        }
        return memory.address();
    }

    // ---- plain, any alignment -------------------------------------------------------------------------------------

    public static byte getByte(MemorySegment memory, long offset) {
        return in(memory).get(ValueLayout.JAVA_BYTE, address(memory, offset, Byte.BYTES));
    }

    public static void setByte(MemorySegment memory, long offset, byte value) {
        in(memory).set(ValueLayout.JAVA_BYTE, address(memory, offset, Byte.BYTES), value);
    }

    public static short getShort(MemorySegment memory, long offset) {
        return in(memory).get(SHORT_ANY, address(memory, offset, Short.BYTES));
    }

    public static void setShort(MemorySegment memory, long offset, short value) {
        in(memory).set(SHORT_ANY, address(memory, offset, Short.BYTES), value);
    }

    public static int getInt(MemorySegment memory, long offset) {
        return in(memory).get(INT_ANY, address(memory, offset, Integer.BYTES));
    }

    public static void setInt(MemorySegment memory, long offset, int value) {
        in(memory).set(INT_ANY, address(memory, offset, Integer.BYTES), value);
    }

    public static long getLong(MemorySegment memory, long offset) {
        return in(memory).get(LONG_ANY, address(memory, offset, Long.BYTES));
    }

    public static void setLong(MemorySegment memory, long offset, long value) {
        in(memory).set(LONG_ANY, address(memory, offset, Long.BYTES), value);
    }

    // ---- plain, network order, any alignment ----------------------------------------------------------------------

    /// Reads an unsigned 16-bit number in network order: 0 to 65535.
    public static int getUnsignedShortBe(MemorySegment memory, long offset) {
        return Short.toUnsignedInt(in(memory).get(SHORT_BE, address(memory, offset, Short.BYTES)));
    }

    /// Writes the low 16 bits of `value` in network order.
    public static void setShortBe(MemorySegment memory, long offset, int value) {
        in(memory).set(SHORT_BE, address(memory, offset, Short.BYTES), (short) value);
    }

    public static int getIntBe(MemorySegment memory, long offset) {
        return in(memory).get(INT_BE, address(memory, offset, Integer.BYTES));
    }

    public static void setIntBe(MemorySegment memory, long offset, int value) {
        in(memory).set(INT_BE, address(memory, offset, Integer.BYTES), value);
    }

    public static long getLongBe(MemorySegment memory, long offset) {
        return in(memory).get(LONG_BE, address(memory, offset, Long.BYTES));
    }

    public static void setLongBe(MemorySegment memory, long offset, long value) {
        in(memory).set(LONG_BE, address(memory, offset, Long.BYTES), value);
    }

    // ---- between threads, naturally aligned -----------------------------------------------------------------------

    public static long getLongOpaque(MemorySegment memory, long offset) {
        return (long) LONG.getOpaque(in(memory), address(memory, offset, Long.BYTES));
    }

    public static void setLongOpaque(MemorySegment memory, long offset, long value) {
        LONG.setOpaque(in(memory), address(memory, offset, Long.BYTES), value);
    }

    public static long getLongAcquire(MemorySegment memory, long offset) {
        return (long) LONG.getAcquire(in(memory), address(memory, offset, Long.BYTES));
    }

    public static void setLongRelease(MemorySegment memory, long offset, long value) {
        LONG.setRelease(in(memory), address(memory, offset, Long.BYTES), value);
    }

    public static long getLongVolatile(MemorySegment memory, long offset) {
        return (long) LONG.getVolatile(in(memory), address(memory, offset, Long.BYTES));
    }

    public static void setLongVolatile(MemorySegment memory, long offset, long value) {
        LONG.setVolatile(in(memory), address(memory, offset, Long.BYTES), value);
    }

    /// Sets the word to `next` if it is `expected`, with volatile semantics. Never fails spuriously.
    public static boolean compareAndSetLong(MemorySegment memory, long offset, long expected, long next) {
        return LONG.compareAndSet(in(memory), address(memory, offset, Long.BYTES), expected, next);
    }

    /// Adds `delta` with volatile semantics and gives the value before.
    public static long getAndAddLong(MemorySegment memory, long offset, long delta) {
        return (long) LONG.getAndAdd(in(memory), address(memory, offset, Long.BYTES), delta);
    }

    public static int getIntOpaque(MemorySegment memory, long offset) {
        return (int) INT.getOpaque(in(memory), address(memory, offset, Integer.BYTES));
    }

    public static void setIntOpaque(MemorySegment memory, long offset, int value) {
        INT.setOpaque(in(memory), address(memory, offset, Integer.BYTES), value);
    }

    public static int getIntAcquire(MemorySegment memory, long offset) {
        return (int) INT.getAcquire(in(memory), address(memory, offset, Integer.BYTES));
    }

    public static void setIntRelease(MemorySegment memory, long offset, int value) {
        INT.setRelease(in(memory), address(memory, offset, Integer.BYTES), value);
    }

    public static int getIntVolatile(MemorySegment memory, long offset) {
        return (int) INT.getVolatile(in(memory), address(memory, offset, Integer.BYTES));
    }

    public static void setIntVolatile(MemorySegment memory, long offset, int value) {
        INT.setVolatile(in(memory), address(memory, offset, Integer.BYTES), value);
    }

    /// Sets the word to `next` if it is `expected`, with volatile semantics. Never fails spuriously.
    public static boolean compareAndSetInt(MemorySegment memory, long offset, int expected, int next) {
        return INT.compareAndSet(in(memory), address(memory, offset, Integer.BYTES), expected, next);
    }

    /// Adds `delta` with volatile semantics and gives the value before.
    public static int getAndAddInt(MemorySegment memory, long offset, int delta) {
        return (int) INT.getAndAdd(in(memory), address(memory, offset, Integer.BYTES), delta);
    }

    /// Orders every load before against every access after.
    public static void acquireFence() {
        VarHandle.acquireFence();
    }

    /// Orders every access before against every access after, stores before against loads after included.
    public static void fullFence() {
        VarHandle.fullFence();
    }

    // ---- runs of bytes --------------------------------------------------------------------------------------------

    /// Copies `length` bytes. The two places may overlap, and may be on the Java heap.
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

    /// Adds up the `2 * longs` unsigned 32-bit numbers from `offset` on, of any alignment. A loop of which the compiler
    /// makes vectors: the bounds are checked once, before it, and the sum has one variable.
    public static long sumOfUnsignedInts(MemorySegment memory, long offset, int longs) {
        MemorySegment in = in(memory);
        long start = address(memory, offset, Math.multiplyExact(longs, Long.BYTES));
        long sum = 0;
        for (int i = 0; i < longs; i++) {
            long word = in.get(LONG_ANY, start + (long) i * Long.BYTES);
            sum += (word & 0xFFFF_FFFFL) + (word >>> 32);
        }
        return sum;
    }

    /// In which bits two times two words of 64 bits, of any alignment, differ: 0 if they are equal. Their bounds are
    /// checked once.
    public static long differenceOfTwo(MemorySegment a, long aOffset, MemorySegment b, long bOffset) {
        MemorySegment inA = in(a);
        MemorySegment inB = in(b);
        long atA = address(a, aOffset, 2 * Long.BYTES);
        long atB = address(b, bOffset, 2 * Long.BYTES);
        return (inA.get(LONG_ANY, atA) ^ inB.get(LONG_ANY, atB))
                | (inA.get(LONG_ANY, atA + Long.BYTES) ^ inB.get(LONG_ANY, atB + Long.BYTES));
    }

    /// Says whether two runs of `length` bytes are equal.
    public static boolean equal(MemorySegment a, long aOffset, MemorySegment b, long bOffset, long length) {
        return MemorySegment.mismatch(a, aOffset, aOffset + length, b, bOffset, bOffset + length) < 0;
    }
}
