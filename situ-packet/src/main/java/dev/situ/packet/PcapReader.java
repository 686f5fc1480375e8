package dev.situ.packet;

import dev.situ.memory.Words;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.checkerframework.checker.mustcall.qual.InheritableMustCall;

/// Reads the Ethernet frames of a capture file: classic pcap, of either byte order, with microseconds or
/// nanoseconds.
///
/// ```java
/// try (PcapReader reader = PcapReader.open(path)) {
///     while (reader.next()) {
///         look(reader.memory(), reader.offset(), reader.length());
///     }
/// }
/// ```
///
/// The file is mapped, not read. A last record that is cut off, or says that it is larger than the rest of the file,
/// ends it; [#isTruncated] tells. For one thread at a time, which need not be the one that opened it.
@InheritableMustCall("close")
public final class PcapReader implements AutoCloseable {
    private static final long NANOS = 1_000_000_000L;

    private final Arena arena;
    private final MemorySegment file;
    private final boolean swapped;
    private final int nanosOfFraction;
    private long at = -1;
    private long following = PcapFormat.HEADER_BYTES;
    private boolean truncated;

    private PcapReader(Arena arena, MemorySegment file, boolean swapped, int nanosOfFraction) {
        this.arena = arena;
        this.file = file;
        this.swapped = swapped;
        this.nanosOfFraction = nanosOfFraction;
    }

    /// Opens a file.
    ///
    /// @throws IOException if it cannot be read, or is no classic pcap file of Ethernet frames; the message says
    ///         which
    @SuppressWarnings("MustBeClosedChecker") // the reader closes the arena
    public static PcapReader open(Path path) throws IOException {
        Arena arena = Arena.ofShared();
        try {
            return of(arena, map(path, arena), path);
        } catch (IOException e) {
            arena.close();
            throw e;
        }
    }

    private static MemorySegment map(Path path, Arena arena) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        }
    }

    private static PcapReader of(Arena arena, MemorySegment file, Path path) throws IOException {
        if (file.byteSize() < PcapFormat.HEADER_BYTES) {
            throw new IOException(path + " is too short for a pcap file");
        }
        int magic = Words.getInt(file, 0);
        boolean swapped = magic == Integer.reverseBytes(PcapFormat.MAGIC_MICROS)
                || magic == Integer.reverseBytes(PcapFormat.MAGIC_NANOS);
        int straight = swapped ? Integer.reverseBytes(magic) : magic;
        if (straight != PcapFormat.MAGIC_MICROS && straight != PcapFormat.MAGIC_NANOS) {
            throw new IOException(path + " is no classic pcap file (pcapng is not read: see `editcap -F pcap`)");
        }
        int linkType = word(file, PcapFormat.LINK_TYPE, swapped) & 0xFFFF;
        if (linkType != PcapFormat.ETHERNET) {
            throw new IOException(path + " holds packets of link type " + linkType + ", not Ethernet frames");
        }
        return new PcapReader(arena, file, swapped, straight == PcapFormat.MAGIC_NANOS ? 1 : 1000);
    }

    /// Goes to the next frame.
    ///
    /// @return whether there is one
    public boolean next() {
        if (following == file.byteSize()) {
            return false;
        }
        long rest = file.byteSize() - following - PcapFormat.RECORD_BYTES;
        long captured = rest < 0 ? 0 : word(following + PcapFormat.CAPTURED) & 0xFFFF_FFFFL;
        if (rest < captured) {
            truncated = true;
            following = file.byteSize();
            return false;
        }
        at = following;
        following = at + PcapFormat.RECORD_BYTES + captured;
        return true;
    }

    /// The memory that the frames lie in. It cannot be written to, and is gone after [#close()].
    public MemorySegment memory() {
        return file;
    }

    /// Where the frame starts in [#memory()].
    public long offset() {
        return at + PcapFormat.RECORD_BYTES;
    }

    /// The frame's bytes, as many as were captured.
    public int length() {
        return (int) (following - offset());
    }

    /// The bytes that the frame had on the wire: more than [#length()] if it was captured in part.
    public int wireLength() {
        return word(at + PcapFormat.LENGTH);
    }

    /// When the frame was captured, in nanoseconds since 1970.
    public long timeNanos() {
        long seconds = word(at) & 0xFFFF_FFFFL;
        return seconds * NANOS + (long) word(at + PcapFormat.FRACTION) * nanosOfFraction;
    }

    /// Whether the file ended in the middle of a record.
    public boolean isTruncated() {
        return truncated;
    }

    private int word(long offset) {
        return word(file, offset, swapped);
    }

    private static int word(MemorySegment file, long offset, boolean swapped) {
        int word = Words.getInt(file, offset);
        return swapped ? Integer.reverseBytes(word) : word;
    }

    @Override
    public void close() {
        arena.close();
    }
}
