package dev.situ.packet;

import dev.situ.memory.Consumes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;

/// A port whose traffic, both ways, is written to a capture file too. For looking at it with public tools, not for
/// speed: every frame is copied, and all pollers share the file.
public final class CapturingPort implements Port {
    private final Port port;
    private final PcapWriter file;
    private final Clock clock;
    private final CapturingQueue[] queues;

    /// Wraps `port`. Consumes both: [#close()] closes them.
    public CapturingPort(@Consumes Port port, @Consumes PcapWriter file, Clock clock) {
        this.port = port;
        this.file = file;
        this.clock = clock;
        this.queues = new CapturingQueue[port.queues()];
        for (int i = 0; i < queues.length; i++) {
            queues[i] = new CapturingQueue(port.queue(i));
        }
    }

    @Override
    public String name() {
        return port.name();
    }

    @Override
    public int queues() {
        return queues.length;
    }

    @Override
    public PortQueue queue(int index) {
        return queues[index];
    }

    @Override
    public long mac() {
        return port.mac();
    }

    @Override
    public PortCapabilities capabilities() {
        return port.capabilities();
    }

    @Override
    public PacketPool pool() {
        return port.pool();
    }

    @Override
    public PortStatistics statistics() {
        return port.statistics();
    }

    /// Closes the port and the file.
    ///
    /// @throws UncheckedIOException if the traffic could not be written
    @Override
    public void close() {
        port.close();
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the capture file could not be written", e);
        }
    }

    private final class CapturingQueue implements PortQueue {
        private final PortQueue queue;
        private long[] sending = new long[PacketBurst.USUAL_CAPACITY];

        CapturingQueue(PortQueue queue) {
            this.queue = queue;
        }

        @Override
        public int receive(PacketBurst into) {
            int before = into.size();
            int received = queue.receive(into);
            for (int i = before; i < into.size(); i++) {
                capture(into.packet(i));
            }
            return received;
        }

        /// Holds the packets until it is known which were taken.
        @Override
        public int transmit(PacketBurst from) {
            int count = from.size();
            if (count > sending.length) {
                sending = new long[count];
            }
            for (int i = 0; i < count; i++) {
                sending[i] = from.packet(i);
                cache().retain(sending[i]);
            }
            int taken = queue.transmit(from);
            for (int i = 0; i < count; i++) {
                if (i < taken) {
                    capture(sending[i]);
                }
                cache().release(sending[i]);
            }
            return taken;
        }

        private void capture(long packet) {
            file.write(port.pool().memory(), packet, PcapPort.nanos(clock));
        }

        @Override
        public PacketCache cache() {
            return queue.cache();
        }

        @Override
        public void await(long timeoutNanos) {
            queue.await(timeoutNanos);
        }

        @Override
        public void wakeup() {
            queue.wakeup();
        }
    }
}
