package dev.situ.packet;

import dev.situ.memory.Consumes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import org.checkerframework.checker.calledmethods.qual.EnsuresCalledMethods;
import org.checkerframework.checker.mustcall.qual.InheritableMustCall;
import org.checkerframework.checker.mustcall.qual.Owning;
import org.jspecify.annotations.Nullable;

/// A port that receives what is in one capture file, as fast as it is asked to, and sends into another: to run a
/// program over traffic that was, and to look at what it sends with public tools. One queue.
@InheritableMustCall("close")
public final class PcapPort implements Port {
    private static final int CACHED_PACKETS = 128;
    private static final long NANOS = 1_000_000_000L;
    private static final int MTU = 1500;

    private final long mac;
    private final PacketPool pool;
    private final @Owning @Nullable PcapReader in;
    private final @Owning @Nullable PcapWriter out;
    private final @Owning @Nullable SoftwarePacketPool ownPool;
    private final FileQueue queue;

    /// A port over files. Consumes both: [#close()] closes them.
    ///
    /// @param mac the port's own [MacAddress]
    /// @param in what it receives; nothing, if null
    /// @param out where it sends; nowhere, if null
    public PcapPort(
            long mac,
            PacketPool pool,
            @Consumes @Owning @Nullable PcapReader in,
            @Consumes @Owning @Nullable PcapWriter out) {
        this(mac, pool, in, out, null);
    }

    /// @param ownPool the pool, if it is to be closed with the port
    private PcapPort(
            long mac,
            PacketPool pool,
            @Consumes @Owning @Nullable PcapReader in,
            @Consumes @Owning @Nullable PcapWriter out,
            @Owning @Nullable SoftwarePacketPool ownPool) {
        this.ownPool = ownPool;
        this.mac = mac;
        this.pool = pool;
        this.in = in;
        this.out = out;
        this.queue = new FileQueue();
    }

    /// A port over files and a pool. Consumes all three: [#close()] closes them.
    static PcapPort owning(
            long mac,
            @Consumes @Owning SoftwarePacketPool pool,
            @Consumes @Owning @Nullable PcapReader in,
            @Consumes @Owning @Nullable PcapWriter out) {
        return new PcapPort(mac, pool, in, out, pool);
    }

    /// The time as capture files have it: nanoseconds since 1970.
    static long nanos(Clock clock) {
        Instant now = clock.instant();
        return now.getEpochSecond() * NANOS + now.getNano();
    }

    /// Whether everything was received.
    public boolean isAtEnd() {
        return queue.atEnd;
    }

    @Override
    public String name() {
        return "pcap";
    }

    @Override
    public int queues() {
        return 1;
    }

    @Override
    public PortQueue queue(int index) {
        if (index != 0) {
            throw new IndexOutOfBoundsException("a pcap port has one queue, there is no queue " + index);
        }
        return queue;
    }

    @Override
    public long mac() {
        return mac;
    }

    @Override
    public PortCapabilities capabilities() {
        return PortCapabilities.plain().withMtu(MTU).withMultiSegmentSend(true);
    }

    @Override
    public PacketPool pool() {
        return pool;
    }

    @Override
    public PortStatistics statistics() {
        return queue.counters.statistics();
    }

    /// Closes the files, and the pool if the port was opened by name ([Ports]).
    ///
    /// @throws UncheckedIOException if what was sent could not be written
    @Override
    @EnsuresCalledMethods(
            value = {"this.in", "this.out", "this.ownPool"},
            methods = "close")
    public void close() {
        queue.cache.flush();
        if (in != null) {
            in.close();
        }
        try {
            if (out != null) {
                out.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the capture file could not be written", e);
        } finally {
            if (ownPool != null) {
                ownPool.close();
            }
        }
    }

    private final class FileQueue implements PortQueue {
        private final PacketCache cache = pool.newCache(CACHED_PACKETS);
        private final PortCounters counters = new PortCounters();
        private final Clock clock = Clock.systemUTC();
        private volatile boolean atEnd = in == null;

        @Override
        public int receive(PacketBurst into) {
            PcapReader reader = in;
            int received = 0;
            if (atEnd && out != null) {
                // Nothing more will come; what was sent should be there for others to read.
                out.flush();
            }
            while (reader != null && !atEnd && into.room() > 0) {
                long packet = cache.take();
                if (packet == Packet.NONE) {
                    break;
                }
                if (!reader.next()) {
                    atEnd = true;
                    cache.release(packet);
                } else if (reader.length() > cache.packetBytes()) {
                    counters.add(PortCounters.ERRORS, 1);
                    cache.release(packet);
                } else {
                    Packet.fill(cache.memory(), packet, reader.memory(), reader.offset(), reader.length());
                    counters.add(PortCounters.RECEIVED, 1);
                    counters.add(PortCounters.RECEIVED_BYTES, reader.length());
                    into.add(packet);
                    received++;
                }
            }
            return received;
        }

        @Override
        public int transmit(PacketBurst from) {
            int count = from.size();
            for (int i = 0; i < count; i++) {
                long packet = from.packet(i);
                if (out != null) {
                    out.write(cache.memory(), packet, nanos(clock));
                }
                counters.add(PortCounters.SENT, 1);
                counters.add(PortCounters.SENT_BYTES, Packet.totalLength(cache.memory(), packet));
            }
            cache.releaseAll(from);
            return count;
        }

        @Override
        public PacketCache cache() {
            return cache;
        }
    }
}
