package dev.situ.client;

import dev.situ.r2p2.CallStart;
import dev.situ.r2p2.Completion;
import dev.situ.r2p2.R2p2Client;
import dev.situ.r2p2.R2p2ClientOptions;
import dev.situ.r2p2.R2p2ClientStatistics;
import dev.situ.r2p2.R2p2Header;
import dev.situ.udp.PeerAddress;
import dev.situ.udp.UdpHandler;
import dev.situ.udp.UdpSender;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;

/// The compatible mode, straight to the first server.
///
/// The mode does not pace: many long requests at once would overrun the server's receive buffer, and all that is
/// lost times out. So only some of them are on their way at once, one always.
final class CompatibleProtocol implements Protocol {
    private static final long MOST_LONG_BYTES = 512 * 1024;
    private static final int RIDS = 1 << 16;

    private final R2p2Client client;
    private final long server;
    private long longBytes;

    CompatibleProtocol(SituClientOptions options, LongSupplier clock) {
        server = PeerAddress.of(options.servers().getFirst());
        client = new R2p2Client(
                R2p2ClientOptions.DEFAULTS
                        .withMaxOutstanding(options.maxOutstanding())
                        .withFirstRid(ThreadLocalRandom.current().nextInt(RIDS)),
                clock);
    }

    @Override
    public UdpHandler handler() {
        return client;
    }

    @Override
    public int maxBorrowed() {
        return R2p2Header.MAX_PAYLOAD;
    }

    @Override
    public long maxRequest() {
        return (long) R2p2Header.MAX_PACKETS * R2p2Header.MAX_PAYLOAD;
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
        return client.call(sender, server, memory, offset, length, deadline, completion, token);
    }

    @Override
    public void beginCalls() {}

    @Override
    public void endCalls(UdpSender sender) {}

    @Override
    public void tick(UdpSender sender) {
        client.tick();
    }

    @Override
    public long delay() {
        return client.delay();
    }

    @Override
    public boolean admitsLong(int length) {
        return longBytes == 0 || longBytes + length <= MOST_LONG_BYTES;
    }

    @Override
    public void addLong(int length) {
        longBytes += length;
    }

    @Override
    public ClientStatistics statistics() {
        R2p2ClientStatistics s = client.statistics();
        return new ClientStatistics(
                s.started(),
                s.succeeded(),
                s.refused(),
                s.timedOut(),
                0,
                s.failed(),
                s.outstanding(),
                0,
                0,
                s.duplicates(),
                s.malformed() + s.foreign() + s.unknown() + s.unexpected(),
                0);
    }

    @Override
    public void close() {
        client.close();
    }
}
