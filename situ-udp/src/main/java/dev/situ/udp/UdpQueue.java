package dev.situ.udp;

/// One poller's part of a [UdpStack]: its receive queue and its transmit queue. Confined to one thread, the
/// poller, but for [#wakeup()].
public interface UdpQueue {
    /// Receives at most one burst for each bound port, hands it to the handler and flushes what the handler sent.
    /// Never blocks.
    ///
    /// @return how many datagrams were received
    int poll();

    /// Sleeps until a datagram is there, [#wakeup()] is called, or the time is over. A stack that cannot sleep (a
    /// polled driver) returns at once.
    ///
    /// @param timeoutNanos at most this long
    void await(long timeoutNanos);

    /// Ends a current or the next [#await]. Any thread may call it.
    void wakeup();

    /// The sender for datagrams that are no reply, from the port bound first. What was committed outside a
    /// handler leaves with [UdpSender#flush()].
    UdpSender sender();
}
