package dev.situ.packet;

/// A place where packets come in and go out, in bursts: a network card behind a driver, one end of a wire in memory,
/// a capture file.
///
/// ```
///   poller 0 ──▶ queue 0 ─┐
///   poller 1 ──▶ queue 1 ─┴─ port ── wire        packets of one flow come in by one queue
/// ```
///
/// Every packet that the port delivers or takes lies in the memory of its [#pool()]. Safe for all threads; each
/// [PortQueue] is for one.
public interface Port extends AutoCloseable {
    /// What people call it: `net_memif0`.
    String name();

    /// The number of queues, fixed for the port's life. Each receives and transmits.
    int queues();

    /// Queue `index`. Its methods are for one thread, that which polls it.
    PortQueue queue(int index);

    /// The port's own Ethernet address: 48 bits, the first byte of the wire highest.
    long mac();

    /// What it can do, fixed for its life.
    PortCapabilities capabilities();

    /// Where its packets come from.
    PacketPool pool();

    /// What came and went since the start. Any thread.
    PortStatistics statistics();

    /// Stops the port and releases the packets that it holds. To be called after polling has stopped; the pool is
    /// not closed by it.
    @Override
    void close();
}
