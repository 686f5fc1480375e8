package dev.situ.bench.r2p2;

import dev.situ.udp.UdpBurst;
import java.lang.foreign.MemorySegment;

/// A request in a datagram, and how its reply is recognised: what [RoundTrips] repeats. Confined to one thread.
interface Exchange {
    /// The bytes of every request.
    int requestLength();

    /// Writes the next request; replies to those before do not count any more.
    void write(MemorySegment memory, long at);

    /// Takes what came.
    ///
    /// @return whether all of the reply to the latest request is here with it
    boolean isAnswered(UdpBurst burst);
}
