package dev.situ.server;

import dev.situ.r2p2.ReliableServerOptions;
import dev.situ.udp.UdpStack;
import java.net.InetSocketAddress;

/// What R2P2's datagrams come and go by: opened before R2P2, closed after it.
interface UdpTransport extends AutoCloseable {
    /// The stack, the same every time.
    UdpStack stack();

    /// Where R2P2 is to listen.
    InetSocketAddress local();

    /// The limits of the reliable mode that the stack's buffers allow.
    ReliableServerOptions limits();

    /// Runs a poller's loop on the calling thread, with what the transport needs around it.
    void run(Runnable poller);

    /// Closes the stack and what is below it.
    @Override
    void close();
}
