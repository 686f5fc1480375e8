package dev.situ.socket;

import dev.situ.memory.Consumes;
import dev.situ.memory.LastingArena;
import dev.situ.udp.UdpHandler;

/// One socket of one queue with all that is needed to receive from it, call the handler and send. Confined to the
/// queue's poller, but for what is said otherwise.
final class BoundSocket {
    private final UdpSocket socket;
    private final UdpHandler handler;
    private final HandlerFailures failures;
    private final SocketCounters counters;
    private final LastingArena arena = new LastingArena();
    private final ReceiveBuffers buffers;
    private final Receiver receiver;
    private final SocketBurst burst;
    private final SocketSender sender;

    /// Consumes `socket`, which is bound; the socket belongs to queue `owner`, which has the number `queue`.
    BoundSocket(
            int queue,
            @Consumes UdpSocket socket,
            UdpHandler handler,
            HandlerFailures failures,
            SocketStackOptions options,
            SocketQueue owner) {
        this.socket = socket;
        this.handler = handler;
        this.failures = failures;
        this.counters = owner.counters();
        this.buffers = new ReceiveBuffers(options, failures, counters);
        this.receiver = new Receiver(socket.fd(), buffers, counters, arena);
        this.burst = new SocketBurst(queue, buffers, receiver, counters);
        this.sender = new SocketSender(
                options.maxPayload(),
                new Batch(options.gso() && socket.hasGso()),
                new Transmitter(socket.fd(), counters, arena),
                counters,
                owner.confinement(),
                arena);
    }

    int fd() {
        return socket.fd();
    }

    SocketSender sender() {
        return sender;
    }

    /// Receives one burst, hands it over and sends the replies.
    ///
    /// @return the datagrams received
    int poll() {
        int size = receiver.receive(burst);
        if (size > 0) {
            counters.add(SocketCounters.RECEIVED, size);
            counters.add(SocketCounters.RECEIVED_BYTES, burst.bytes());
            handle();
            sender.flush();
            burst.end();
        }
        receiver.recycle();
        return size;
    }

    private void handle() {
        try {
            handler.onBurst(burst, sender);
        } catch (Throwable t) {
            failures.report(t, counters);
        }
        sender.abortOpen();
    }

    boolean hasPending() {
        return receiver.hasPending();
    }

    /// The buffers that are retained now. Any thread may call it.
    int retained() {
        return buffers.retained();
    }

    /// What the kernel dropped for want of room. Any thread may call it.
    long kernelDrops() {
        return socket.kernelDrops();
    }

    /// The receive buffer that the kernel gave. Any thread may call it.
    int receiveBytes() {
        return socket.receiveBytes();
    }

    /// Closes the socket and frees its memory.
    ///
    /// @return how many buffers are still retained; their memory stays
    int close() {
        socket.close();
        arena.close();
        return buffers.close();
    }
}
