package dev.situ.packet;

/// One poller's part of a [Port]. Confined to one thread. Never blocks, but for [#await].
public interface PortQueue {
    /// Adds packets that came in to `into`, as many as are there and as it has room for. The caller holds them.
    ///
    /// @return how many
    int receive(PacketBurst into);

    /// Sends packets from the front of `from`. Consumes those that it takes; the others stay in the burst, in their
    /// order: to be tried again, or to be dropped and counted by the caller.
    ///
    /// @return how many it took
    int transmit(PacketBurst from);

    /// The poller's cache of the port's pool.
    PacketCache cache();

    /// Sleeps until a packet is there, [#wakeup] is called, or the time is over. A port that is polled returns at
    /// once, which is what this does unless it is overridden.
    ///
    /// @param timeoutNanos at most this long
    default void await(long timeoutNanos) {
        Thread.onSpinWait();
    }

    /// Ends a current or the next [#await]. Any thread may call it.
    default void wakeup() {}
}
