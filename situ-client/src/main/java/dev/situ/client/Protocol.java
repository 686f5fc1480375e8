package dev.situ.client;

import dev.situ.r2p2.CallStart;
import dev.situ.r2p2.Completion;
import dev.situ.udp.UdpHandler;
import dev.situ.udp.UdpSender;
import java.lang.foreign.MemorySegment;

/// A mode of R2P2 as the client's thread drives it. All methods but [#statistics] are for that thread.
sealed interface Protocol extends AutoCloseable permits CompatibleProtocol, ReliableProtocol {
    /// What gets the datagrams that arrive.
    UdpHandler handler();

    /// The most bytes of a request that is borrowed for the call of [#call] only; a longer one is borrowed until its
    /// completion.
    int maxBorrowed();

    /// The most bytes that a request can have.
    long maxRequest();

    /// The calls that have not ended.
    int outstanding();

    /// Starts a call: see [dev.situ.r2p2.ReliableClient#call].
    CallStart call(
            UdpSender sender,
            MemorySegment memory,
            long offset,
            int length,
            long deadline,
            Completion completion,
            long token);

    /// Says that calls follow, up to [#endCalls].
    void beginCalls();

    /// Sends the calls since [#beginCalls]. Committed, not flushed.
    void endCalls(UdpSender sender);

    /// Ends what is over time and sends what is due.
    void tick(UdpSender sender);

    /// The nanoseconds until [#tick] may have something to do.
    long delay();

    /// Whether a long request of that many bytes may start beside those that are on their way.
    boolean admitsLong(int length);

    /// Notes that so many bytes of long requests more, or less, are on their way.
    void addLong(int length);

    ClientStatistics statistics();

    @Override
    void close();
}
