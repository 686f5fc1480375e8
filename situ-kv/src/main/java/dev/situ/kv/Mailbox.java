package dev.situ.kv;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What other threads have for one connection: messages, in the order in which they were posted.
///
/// ```
///   any thread: post ---> queue ---> wake the connection's thread, once until it has looked
///   its thread:                      deliver: all that is there, behind the replies
/// ```
///
/// Bounded: when what waits here and in the transport passes the limit, the connection is killed, as Redis does
/// with a subscriber that does not read. Posting waits for nobody.
final class Mailbox {
    private final Peer peer;
    private final OutputBounds bounds;
    private final ConcurrentLinkedQueue<Push> queue = new ConcurrentLinkedQueue<>();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicBoolean awake = new AtomicBoolean();
    private volatile boolean closed;

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
        if (closed) {
            return;
        }
        queue.add(message);
        long waiting = bytes.addAndGet(message.bytes()) + pendingBytes;
        long most = bounds.pubsub().hardBytes();
        if (most > 0 && waiting > most) {
            close();
            bounds.countClosed();
            peer.kill();
        } else if (awake.compareAndSet(false, true)) {
            peer.wake();
        }
    }

    /// Writes all messages that are there. The connection's thread only.
    ///
    /// @param receiver whose mailbox it is
    void deliver(Reply reply, Session receiver) {
        awake.set(false); // before looking: what is posted from here on wakes again
        for (@Nullable Push next = queue.poll(); next != null; next = queue.poll()) {
            bytes.addAndGet(-next.bytes());
            next.write(reply, receiver);
        }
    }

    /// The bytes that wait. Any thread.
    long bytes() {
        return bytes.get();
    }

    /// Forgets everything, and takes nothing more. Any thread.
    void close() {
        closed = true;
        queue.clear();
        bytes.set(0);
    }
}
