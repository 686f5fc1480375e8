package dev.situ.client;

import dev.situ.r2p2.CallStart;
import dev.situ.r2p2.Completion;
import dev.situ.r2p2.ReliableClient;
import dev.situ.r2p2.ReliableClientOptions;
import dev.situ.r2p2.ReliableClientStatistics;
import dev.situ.r2p2.ReliableHeader;
import dev.situ.udp.PeerAddress;
import dev.situ.udp.UdpHandler;
import dev.situ.udp.UdpSender;
import java.lang.foreign.MemorySegment;
import java.util.function.LongSupplier;

/// The reliable mode: sessions, one server after the other. It paces by itself.
final class ReliableProtocol implements Protocol {
    private final ReliableClient client;

    ReliableProtocol(SituClientOptions options, LongSupplier clock) {
        long[] servers = options.servers().stream().mapToLong(PeerAddress::of).toArray();
        client = new ReliableClient(
                servers, ReliableClientOptions.DEFAULTS.withMaxOutstanding(options.maxOutstanding()), clock);
    }

    @Override
    public UdpHandler handler() {
        return client;
    }

    @Override
    public int maxBorrowed() {
        return ReliableHeader.MAX_PAYLOAD;
    }

    @Override
    public long maxRequest() {
        return ReliableHeader.MAX_MESSAGE_BYTES;
    }

    @Override
    public int outstanding() {
        return client.outstanding();
    }

    @Override
    public CallStart call(
            UdpSender sender,
            MemorySegment memory,
            long offset,
            int length,
            long deadline,
            Completion completion,
            long token) {
        return client.call(sender, memory, offset, length, deadline, completion, token);
    }

    @Override
    public void beginCalls() {
        client.beginCalls();
    }

    @Override
    public void endCalls(UdpSender sender) {
        client.endCalls(sender);
    }

    @Override
    public void tick(UdpSender sender) {
        client.tick(sender);
    }

    @Override
    public long delay() {
        return client.delay();
    }

    @Override
    public boolean admitsLong(int length) {
        return true;
    }

    @Override
    public void addLong(int length) {}

    @Override
    public ClientStatistics statistics() {
        ReliableClientStatistics s = client.statistics();
        return new ClientStatistics(
                s.started(),
                s.succeeded(),
                s.refused(),
                s.timedOut(),
                s.outcomeUnknown(),
                s.failed(),
                s.outstanding(),
                s.sessions(),
                s.retransmitted(),
                s.duplicates(),
                s.malformed() + s.foreign() + s.unknown(),
                s.roundTripNanos());
    }

    @Override
    public void close() {
        client.close();
    }
}
