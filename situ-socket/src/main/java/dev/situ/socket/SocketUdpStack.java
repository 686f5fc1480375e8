package dev.situ.socket;

import dev.situ.memory.Checks;
import dev.situ.udp.PeerAddress;
import dev.situ.udp.UdpHandler;
import dev.situ.udp.UdpQueue;
import dev.situ.udp.UdpStack;
import dev.situ.udp.UdpStatistics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/// UDP over the kernel's sockets: one socket for each queue and bound port, which the kernel spreads flows over
/// (`SO_REUSEPORT`).
///
/// The kernel is called as rarely as it can be. Many datagrams of one sender come as one message (`UDP_GRO`),
/// datagrams to one peer leave as one (`UDP_SEGMENT`), and `recvmmsg` and `sendmmsg` move many messages in a
/// call; peers see the same datagrams either way. Where the kernel lacks one of these, the others still work.
///
/// A queue's `poll` never sleeps; a poller that found nothing about 50 times in a row should call `await`.
///
/// Linux only. The native calls need `--enable-native-access=dev.situ.socket,dev.situ.memory`.
public final class SocketUdpStack implements UdpStack {
    private static final System.Logger LOG = System.getLogger("dev.situ.socket");

    private final SocketStackOptions options;
    private final SocketQueue[] queues;
    private final HandlerFailures failures = new HandlerFailures();
    private boolean closed;

    /// Opens a stack with nothing bound.
    ///
    /// @throws UnsupportedOperationException if this is not Linux, or native access is denied; the message says
    ///         what to do
    /// @throws IOException if the system refuses
    public SocketUdpStack(SocketStackOptions options) throws IOException {
        NativeAccess.require();
        this.options = options;
        this.queues = openQueues(options);
    }

    private static SocketQueue[] openQueues(SocketStackOptions options) throws IOException {
        List<SocketQueue> opened = new ArrayList<>();
        try {
            for (int i = 0; i < options.queues(); i++) {
                opened.add(new SocketQueue(options.busyPoll()));
            }
        } catch (IOException e) {
            opened.forEach(SocketQueue::close);
            throw e;
        }
        return opened.toArray(SocketQueue[]::new);
    }

    @Override
    public int queues() {
        return queues.length;
    }

    @Override
    public UdpQueue queue(int index) {
        return queues[index];
    }

    @Override
    public synchronized InetSocketAddress bind(InetSocketAddress local, UdpHandler handler) throws IOException {
        if (closed) {
            throw new IOException("the UDP stack is closed");
        }
        List<UdpSocket> sockets = new ArrayList<>();
        List<BoundSocket> ready = new ArrayList<>();
        try {
            long bound = openAll(PeerAddress.of(local), sockets);
            for (int i = 0; i < queues.length; i++) {
                ready.add(new BoundSocket(i, sockets.get(i), handler, failures, options, queues[i]));
            }
            for (int i = 0; i < queues.length; i++) {
                queues[i].add(ready.get(i));
            }
            return PeerAddress.toSocketAddress(bound);
        } catch (IOException | RuntimeException | Error e) {
            ready.forEach(BoundSocket::close);
            sockets.forEach(UdpSocket::close);
            throw e;
        }
    }

    /// Opens one socket for each queue, all bound to one address.
    ///
    /// The first binds without `SO_REUSEPORT`, which fails if anyone holds the port, even another process of the
    /// same user that would share it: two servers on one port would each get half of the packets and never know.
    /// Only then the first socket lets the others in.
    private long openAll(long local, List<UdpSocket> sockets) throws IOException {
        long bound = local;
        for (int i = 0; i < queues.length; i++) {
            UdpSocket socket = new UdpSocket();
            sockets.add(socket);
            socket.setBuffers(options.socketReceiveBytes(), options.socketSendBytes());
            if (options.gro()) {
                socket.enableGro();
            }
            if (i > 0) {
                socket.sharePort();
            }
            bound = socket.bind(bound);
            if (i == 0 && queues.length > 1) {
                socket.sharePort();
            }
        }
        return bound;
    }

    @Override
    public UdpStatistics statistics() {
        long retained = 0;
        for (SocketQueue queue : queues) {
            for (BoundSocket socket : queue.sockets()) {
                retained += socket.retained();
            }
        }
        return new UdpStatistics(
                sum(SocketCounters.RECEIVED),
                sum(SocketCounters.RECEIVED_BYTES),
                sum(SocketCounters.SENT),
                sum(SocketCounters.SENT_BYTES),
                sum(SocketCounters.RECEIVE_TRUNCATED),
                sum(SocketCounters.SEND_DROPPED),
                sum(SocketCounters.HANDLER_FAILURES),
                retained);
    }

    /// How well the kernel was used since the start. Any thread may call it.
    public SocketStatistics socketStatistics() {
        long drops = 0;
        long receiveBytes = Long.MAX_VALUE;
        for (SocketQueue queue : queues) {
            for (BoundSocket socket : queue.sockets()) {
                drops += socket.kernelDrops();
                receiveBytes = Math.min(receiveBytes, socket.receiveBytes());
            }
        }
        return new SocketStatistics(
                sum(SocketCounters.RECEIVE_CALLS),
                sum(SocketCounters.RECEIVED_MESSAGES),
                sum(SocketCounters.RECEIVE_ERRORS),
                sum(SocketCounters.SEND_CALLS),
                sum(SocketCounters.SENT_MESSAGES),
                sum(SocketCounters.SEND_WAITS),
                sum(SocketCounters.SEGMENTATION_REFUSED),
                sum(SocketCounters.SLEEPS),
                sum(SocketCounters.RETAIN_REFUSED),
                drops,
                receiveBytes == Long.MAX_VALUE ? 0 : receiveBytes);
    }

    private long sum(int counter) {
        long sum = 0;
        for (SocketQueue queue : queues) {
            sum += queue.counters().get(counter);
        }
        return sum;
    }

    /// Closes every bound port and frees the buffers, but for those that are still retained: their memory stays
    /// for good. To be called after polling has stopped.
    ///
    /// @throws IllegalStateException in checked mode, if buffers are still retained; everything is closed all the
    ///         same
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        for (SocketQueue queue : queues) {
            queue.confinement().requireIdle("closed");
        }
        closed = true;
        int retained = 0;
        for (SocketQueue queue : queues) {
            retained += queue.close();
        }
        if (retained > 0) {
            String message = retained + " packet buffers were still retained when the UDP stack was closed";
            if (Checks.ON) {
                throw new IllegalStateException(message);
            }
            LOG.log(System.Logger.Level.WARNING, message);
        }
    }
}
