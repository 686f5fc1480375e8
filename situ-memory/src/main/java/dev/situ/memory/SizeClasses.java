package dev.situ.memory;

/// The sizes of slab cells: which class holds a given number of bytes.
///
/// ```
///   32 40 48 ... 128 | 144 160 ... 256 | 288 ... 512 | ... | 18432 20480 ... 32768
///   step 8           | step 16         | step 32     |     | step 2048
/// ```
///
/// From 64 bytes on a class is at most 12.5 % larger than the one before it, so that at most a ninth of a cell
/// is lost by rounding up. All sizes are multiples of 8. Pure functions; the class of a size is computed, not
/// looked up.
public final class SizeClasses {
    /// The smallest cell.
    public static final int MIN_BYTES = 32;
    /// The largest cell. What is larger takes a run of pages.
    public static final int MAX_BYTES = 32 * 1024;
    /// How many classes there are; a class is a number from 0 to `COUNT - 1`.
    public static final int COUNT = classOf(MAX_BYTES) + 1;

    private SizeClasses() {}

    /// The smallest class whose cells hold `bytes`.
    ///
    /// @param bytes 0 to [#MAX_BYTES]
    public static int classOf(int bytes) {
        if (bytes <= 128) {
            return bytes <= MIN_BYTES ? 0 : (bytes - MIN_BYTES + 7) >>> 3;
        }
        // 8 classes for each doubling: the top bit of bytes-1 and the three bits below it name the class.
        int top = 31 - Integer.numberOfLeadingZeros(bytes - 1);
        int eighth = ((bytes - 1) >>> (top - 3)) & 7;
        return 13 + (top - 7) * 8 + eighth;
    }

    /// The bytes of a cell of class `sizeClass`.
    public static int bytesOf(int sizeClass) {
        if (sizeClass <= 12) {
            return MIN_BYTES + sizeClass * 8;
        }
        int group = (sizeClass - 13) / 8;
        int eighth = (sizeClass - 13) % 8;
        return (8 + eighth + 1) << (group + 4);
    }

    /// The bytes that an allocation of `bytes` takes up: its cell, or whole pages.
    public static long footprint(long bytes) {
        return bytes <= MAX_BYTES
                ? bytesOf(classOf((int) bytes))
                : Math.ceilDiv(bytes, Region.PAGE_BYTES) * Region.PAGE_BYTES;
    }
}
