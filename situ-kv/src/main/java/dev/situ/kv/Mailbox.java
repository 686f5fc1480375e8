package dev.situ.kv;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What other threads have for one connection: messages, in the order in which they were posted.
///
/// ```
///   any thread: post ---> queue ---> wake the connection's thread, once until it has looked
///   its thread:                      deliver: what is there, behind the replies; of more than 1 MiB a part
/// ```
///
/// Bounded: when what waits here and in the transport passes the limit, the connection is killed, as Redis does
/// with a subscriber that does not read. So the transport delivers nothing while its client has much to read
/// already: what stays here is counted. Posting waits for nobody.
final class Mailbox {
    /// More is not delivered at once: others of the connection's thread wait meanwhile.
    static final long MOST_BYTES_AT_ONCE = 1 << 20;

    private final Peer peer;
    private final OutputBounds bounds;
    private final ConcurrentLinkedQueue<Push> queue = new ConcurrentLinkedQueue<>();
    private final AtomicLong bytes = new AtomicLong(); // at least those of the queue
    private final AtomicBoolean awake = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();

    Mailbox(Peer peer, OutputBounds bounds) {
        this.peer = peer;
        this.bounds = bounds;
    }

    /// Adds a message. Any thread. Dropped if the connection has ended.
    void post(Push message) {
        post(message, peer.pendingBytes());
    }

    /// The same for a client that need not have subscribed: the replies that it has not read do not count. Any
    /// thread.
    void postBesideReplies(Push message) {
        post(message, 0);
    }

    private void post(Push message, long pendingBytes) {
        if (closed.get()) {
            return;
        }
        long waiting = bytes.addAndGet(message.bytes()) + pendingBytes;
        queue.add(message);
        long most = bounds.pubsub().hardBytes();
        if (most > 0 && waiting > most && closed.compareAndSet(false, true)) {
            bounds.countClosed();
            peer.kill();
        }
        if (closed.get()) {
            forget(); // it may have been closed since, and emptied before the message was there
        } else {
            wake();
        }
    }

    private void wake() {
        if (awake.compareAndSet(false, true)) {
            peer.wake();
        }
    }

    /// Writes the messages that are there, or if these are very many some, and has the thread woken for the
    /// others. The connection's thread only.
    ///
    /// @param receiver whose mailbox it is
    void deliver(Reply reply, Session receiver) {
        awake.set(false); // before looking: what is posted from here on wakes again
        long left = MOST_BYTES_AT_ONCE;
        while (left > 0) {
            @Nullable Push next = take();
            if (next == null) {
                return;
            }
            left -= next.bytes();
            next.write(reply, receiver);
        }
        if (!queue.isEmpty()) {
            wake();
        }
    }

    private @Nullable Push take() {
        Push next = queue.poll();
        if (next != null) {
            bytes.addAndGet(-next.bytes());
        }
        return next;
    }

    /// The bytes that wait. Any thread.
    long bytes() {
        return bytes.get();
    }

    /// Forgets everything, and takes nothing more. Any thread.
    void close() {
        closed.set(true);
        forget();
    }

    private void forget() {
        while (take() != null) {
            // each is counted
        }
    }
}
