package dev.situ.socket;

import dev.situ.memory.LastingArena;
import dev.situ.udp.UdpQueue;
import dev.situ.udp.UdpSender;
import java.io.IOException;

/// One poller's sockets, one for each bound port.
///
/// Confined to the poller, but for [#wakeup()]; in checked mode, use by two threads at once is found out.
final class SocketQueue implements UdpQueue {
    private final boolean busyPoll;
    private final SocketCounters counters = new SocketCounters();
    private final WakeupEvent wakeup = new WakeupEvent();
    private final LastingArena arena = new LastingArena();
    private BoundSocket[] sockets = {};
    private KernelSleep sleep = newSleep();
    private final Confinement confinement = new Confinement();
    private boolean closed;

    SocketQueue(boolean busyPoll) throws IOException {
        this.busyPoll = busyPoll;
    }

    SocketCounters counters() {
        return counters;
    }

    BoundSocket[] sockets() {
        return sockets;
    }

    Confinement confinement() {
        return confinement;
    }

    void add(BoundSocket socket) {
        BoundSocket[] more = new BoundSocket[sockets.length + 1];
        System.arraycopy(sockets, 0, more, 0, sockets.length);
        more[sockets.length] = socket;
        sockets = more;
        sleep = newSleep();
    }

    private KernelSleep newSleep() {
        KernelSleep all = new KernelSleep(sockets.length + 1, arena);
        for (int i = 0; i < sockets.length; i++) {
            all.set(i, sockets[i].fd(), PollFd.POLLIN);
        }
        all.set(sockets.length, wakeup.fd(), PollFd.POLLIN);
        return all;
    }

    @Override
    public int poll() {
        requireOpen();
        confinement.enter();
        int received = 0;
        try {
            for (BoundSocket socket : sockets) {
                received += socket.poll();
            }
        } finally {
            confinement.leave();
        }
        return received;
    }

    @Override
    public void await(long timeoutNanos) {
        requireOpen();
        if (busyPoll || timeoutNanos <= 0 || hasPending()) {
            Thread.onSpinWait();
            return;
        }
        counters.add(SocketCounters.SLEEPS, 1);
        if (sleep.sleep(timeoutNanos) && sleep.isReady(sockets.length)) {
            wakeup.take();
        }
    }

    private boolean hasPending() {
        for (BoundSocket socket : sockets) {
            if (socket.hasPending()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void wakeup() {
        wakeup.signal();
    }

    @Override
    public UdpSender sender() {
        if (sockets.length == 0) {
            throw new IllegalStateException("no port is bound");
        }
        return sockets[0].sender();
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the UDP stack is closed");
        }
    }

    /// Closes the queue's sockets, and tells how many of their buffers are still retained.
    int close() {
        if (closed) {
            return 0;
        }
        closed = true;
        int retained = 0;
        for (BoundSocket socket : sockets) {
            retained += socket.close();
        }
        wakeup.close();
        arena.close();
        return retained;
    }
}
