package dev.situ.packet;

import dev.situ.memory.Words;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.checkerframework.checker.calledmethods.qual.EnsuresCalledMethods;
import org.checkerframework.checker.mustcall.qual.InheritableMustCall;
import org.checkerframework.checker.mustcall.qual.Owning;
import org.jspecify.annotations.Nullable;

/// Writes Ethernet frames to a capture file that `tcpdump`, `tshark` and Wireshark read: classic pcap, with
/// nanoseconds. Safe for all threads, which wait for each other.
///
/// Frames are gathered and written many at a time; [#close()] writes the rest. If the disk refuses, later frames are
/// lost, and [#close()] throws.
@InheritableMustCall("close")
public final class PcapWriter implements AutoCloseable {
    private static final int BUFFER_BYTES = 256 * 1024;
    private static final int MAX_FRAME_BYTES = 65536 + Ethernet.BYTES;
    private static final long NANOS = 1_000_000_000L;

    private final @Owning FileChannel channel;
    private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES);
    private final ByteBuffer bytes = buffer.asByteBuffer();
    private int used;
    private long frames;
    private @Nullable IOException failure;

    private PcapWriter(@Owning FileChannel channel) {
        this.channel = channel;
        Words.setInt(buffer, 0, PcapFormat.MAGIC_NANOS);
        Words.setShort(buffer, PcapFormat.VERSION, (short) PcapFormat.MAJOR);
        Words.setShort(buffer, PcapFormat.VERSION + 2, (short) PcapFormat.MINOR);
        Words.setInt(buffer, PcapFormat.SNAPLEN, MAX_FRAME_BYTES);
        Words.setInt(buffer, PcapFormat.LINK_TYPE, PcapFormat.ETHERNET);
        used = PcapFormat.HEADER_BYTES;
    }

    /// Makes a file, or empties the one that is there.
    ///
    /// @throws IOException if the system refuses
    public static PcapWriter create(Path path) throws IOException {
        return new PcapWriter(FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING));
    }

    /// Writes a packet, all its segments as one frame. Borrows it.
    ///
    /// @param memory the packet's pool's
    /// @param timeNanos when it was seen, in nanoseconds since 1970
    public synchronized void write(MemorySegment memory, long packet, long timeNanos) {
        int length = Math.min(MAX_FRAME_BYTES, Packet.totalLength(memory, packet));
        if (used + PcapFormat.RECORD_BYTES + length > BUFFER_BYTES) {
            drain();
        }
        Words.setInt(buffer, used, (int) (timeNanos / NANOS));
        Words.setInt(buffer, used + PcapFormat.FRACTION, (int) (timeNanos % NANOS));
        Words.setInt(buffer, used + PcapFormat.CAPTURED, length);
        Words.setInt(buffer, used + PcapFormat.LENGTH, Packet.totalLength(memory, packet));
        Packet.copyTo(memory, packet, 0, buffer, used + PcapFormat.RECORD_BYTES, length);
        used += PcapFormat.RECORD_BYTES + length;
        frames++;
    }

    /// Writes to the disk what is gathered.
    public synchronized void flush() {
        if (used > 0) {
            drain();
        }
    }

    /// The frames written so far.
    public synchronized long frames() {
        return frames;
    }

    private void drain() {
        bytes.position(0).limit(used);
        used = 0;
        try {
            while (failure == null && bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            failure = e;
        }
    }

    @Override
    @EnsuresCalledMethods(value = "this.channel", methods = "close")
    public synchronized void close() throws IOException {
        boolean open = channel.isOpen();
        if (open) {
            drain();
        }
        channel.close();
        if (open && failure != null) {
            throw failure;
        }
    }
}
