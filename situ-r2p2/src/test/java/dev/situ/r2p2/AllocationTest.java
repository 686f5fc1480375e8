package dev.situ.r2p2;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.situ.memory.BufferSource;
import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import dev.situ.udp.UdpBurst;
import dev.situ.udp.UdpSender;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/// Counts what client and server allocate on the heap for calls of one packet, once they are warm.
class AllocationTest {
    private static final int PER_BURST = 64;
    private static final int WARM_BURSTS = 4_000;
    private static final int BURSTS = 1_000;

    /// Datagrams that are overwritten by the next burst: a receive ring without a network.
    private static final class Ring implements UdpBurst, UdpSender {
        private static final int STRIDE = 256;
        private static final int DATAGRAMS = 4 * PER_BURST;
        private final MemorySegment memory = Arena.ofAuto().allocate((long) STRIDE * DATAGRAMS);
        private final int[] lengths = new int[DATAGRAMS];
        private final long from;
        private int size;

        Ring(long from) {
            this.from = from;
        }

        @Override
        public int queue() {
            return 0;
        }

        @Override
        public int size() {
            return size;
        }

        @Override
        public MemorySegment memory(int index) {
            return memory;
        }

        @Override
        public long offset(int index) {
            return (long) index * STRIDE;
        }

        @Override
        public int length(int index) {
            return lengths[index];
        }

        @Override
        public long peer(int index) {
            return from;
        }

        @Override
        public long retain(int index) {
            return NOT_RETAINED;
        }

        @Override
        public BufferSource source() {
            throw new UnsupportedOperationException("R2P2 asks for no source");
        }

        @Override
        public void release(long handle) {}

        @Override
        public int maxPayload() {
            return STRIDE;
        }

        @Override
        public int copyBreak() {
            return 255;
        }

        @Override
        public long claim(long peer, int length) {
            lengths[size] = length;
            return (long) size * STRIDE;
        }

        @Override
        public MemorySegment memory() {
            return memory;
        }

        @Override
        public void append(MemorySegment memory, long offset, int length) {}

        @Override
        public void commit() {
            size++;
        }

        @Override
        public void abort() {}

        @Override
        public void flush() {}
    }

    private static final class Echo implements RequestHandler {
        private final MemorySegment scratch = Arena.ofAuto().allocate(256);

        @Override
        public RequestStatus handle(int queue, SliceList request, SliceList response) {
            request.copyTo(scratch, 0);
            response.add(scratch, 0, (int) request.length(), SliceList.NO_OWNER);
            return RequestStatus.REPLY;
        }

        @Override
        public RequestStatus tooLarge(int queue, long length, long limit, SliceList response) {
            return RequestStatus.REFUSE;
        }
    }

    private final Ring toServer = new Ring(Datagram.CLIENT);
    private final Ring toClient = new Ring(Datagram.SERVER);
    private final R2p2Server server = new R2p2Server(1, R2p2ServerOptions.DEFAULTS, new Echo(), System::nanoTime);
    private final R2p2Client client = new R2p2Client(R2p2ClientOptions.DEFAULTS, System::nanoTime);
    private final MemorySegment request = Arena.ofAuto().allocate(44);
    private long answered;
    private final Completion completion = (token, status, response) -> {
        if (status == CallStatus.OK && Words.getLong(response.memory(0), response.offset(0)) == token) {
            answered++;
        }
    };

    private void bursts(int count) {
        for (int i = 0; i < count; i++) {
            burst();
        }
    }

    private void burst() {
        long deadline = System.nanoTime() + 1_000_000_000;
        toServer.size = 0;
        for (int i = 0; i < PER_BURST; i++) {
            long token = answered + i;
            Words.setLong(request, 0, token);
            client.call(toServer, Datagram.SERVER, request, 0, 44, deadline, completion, token);
        }
        toClient.size = 0;
        server.onBurst(toServer, toClient);
        server.tick(0, toClient);
        client.onBurst(toClient, toServer);
        client.tick();
    }

    @Test
    void callsOfOnePacketAllocateNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        bursts(WARM_BURSTS);
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            bursts(BURSTS);
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(answered).isEqualTo((WARM_BURSTS + 5L * BURSTS) * PER_BURST);
        assertThat(least).as("bytes for %d calls", BURSTS * PER_BURST).isLessThan(BURSTS);
    }

    /// Of its own, so that a pause of the machine is not taken for a lost packet.
    private long now;

    private final ReliableClient reliable =
            new ReliableClient(new long[] {Datagram.SERVER}, ReliableClientOptions.DEFAULTS, () -> now);
    private final R2p2Server clocked = new R2p2Server(1, R2p2ServerOptions.DEFAULTS, new Echo(), () -> now);
    private final Completion succeeded = (_, status, response) -> {
        if (status == CallStatus.OK && response.length() == 44) {
            answered++;
        }
    };

    private void reliableBursts(int count) {
        for (int i = 0; i < count; i++) {
            now += 20_000;
            long deadline = now + 60_000_000_000L;
            while (reliable.outstanding() < PER_BURST) {
                reliable.call(toServer, request, 0, 44, deadline, succeeded, 0);
            }
            toClient.size = 0;
            clocked.onBurst(toServer, toClient);
            clocked.tick(0, toClient);
            toServer.size = 0;
            reliable.onBurst(toClient, toServer);
            reliable.tick(toServer);
        }
    }

    @Test
    void reliableCallsOfOnePacketAllocateNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        reliableBursts(WARM_BURSTS);
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            reliableBursts(BURSTS);
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(answered).isGreaterThan((WARM_BURSTS + 5L * BURSTS - 100) * PER_BURST);
        assertThat(reliable.statistics().retransmitted()).isZero();
        assertThat(least).as("bytes for %d calls", BURSTS * PER_BURST).isLessThan(BURSTS);
        assertThat(clocked.reliableStatistics().executed()).as("none twice").isBetween(answered, answered + PER_BURST);
    }
}
