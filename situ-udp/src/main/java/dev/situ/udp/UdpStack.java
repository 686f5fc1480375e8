package dev.situ.udp;

import java.io.IOException;
import java.net.InetSocketAddress;
import org.checkerframework.checker.mustcall.qual.InheritableMustCall;

/// UDP, as the layers above see it: bind a handler to a port, poll queues, send. Implemented over kernel sockets
/// and over a user-space stack on a packet port; whoever is above does not know which.
///
/// ```
///   poller 0 ──▶ queue 0 ──▶ handler.onBurst(burst, sender)
///   poller 1 ──▶ queue 1 ──▶ handler.onBurst(burst, sender)      the same handler, called by all
/// ```
///
/// Each queue is polled by one thread. Datagrams of one flow stay on one queue.
@InheritableMustCall("close")
public interface UdpStack extends AutoCloseable {
    /// The number of queues, fixed for the stack's life.
    int queues();

    /// Queue `index`. Its methods are for one thread, that which polls it.
    UdpQueue queue(int index);

    /// Receives what is sent to `local` on every queue. To be called before polling starts.
    ///
    /// @param local an IPv4 address (`0.0.0.0` for any) and a port; port 0 takes a free one
    /// @return the address that was bound
    /// @throws java.net.BindException if it is in use or the address is not this machine's (the message says
    ///         which)
    /// @throws IOException if the system refuses
    InetSocketAddress bind(InetSocketAddress local, UdpHandler handler) throws IOException;

    /// What was received, sent and dropped, and why, over all queues since the start. Any thread may call it.
    UdpStatistics statistics();

    /// Closes every bound port and frees the buffers. To be called after polling has stopped and everything
    /// retained was released.
    @Override
    void close();
}
