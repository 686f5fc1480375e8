package dev.situ.packet;

/// The layout of a capture file (the classic pcap format, `pcap-savefile(5)`).
///
/// ```
///  0         4           8        12       16        20        24
/// +---------+-----------+--------+--------+---------+---------+
/// |  magic  | 2 |  4    | zone 0 |   0    | snaplen |link type|     once; all numbers in the writer's byte order
/// +---------+-----------+--------+--------+---------+---------+
/// +---------+-----------+--------+--------+------
/// | seconds | fraction  |captured| length | bytes ...                for each packet
/// +---------+-----------+--------+--------+------
///  0         4           8        12       16
/// ```
///
/// The magic number tells the byte order, and whether fractions are microseconds or nanoseconds.
final class PcapFormat {
    static final int HEADER_BYTES = 24;
    static final int VERSION = 4;
    static final int SNAPLEN = 16;
    static final int LINK_TYPE = 20;

    static final int RECORD_BYTES = 16;
    static final int FRACTION = 4;
    static final int CAPTURED = 8;
    static final int LENGTH = 12;

    static final int MAGIC_MICROS = 0xA1B2_C3D4;
    static final int MAGIC_NANOS = 0xA1B2_3C4D;
    static final int MAJOR = 2;
    static final int MINOR = 4;
    static final int ETHERNET = 1;

    private PcapFormat() {}
}
