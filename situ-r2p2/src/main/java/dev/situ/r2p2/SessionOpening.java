package dev.situ.r2p2;

import dev.situ.memory.Words;
import dev.situ.udp.UdpBurst;
import dev.situ.udp.UdpSender;

/// A client's asking for a session: OPEN, again and again with longer pauses, until OPEN_OK is here. Reused;
/// confined to one thread.
final class SessionOpening {
    private static final long FIRST_PAUSE_NANOS = 5_000_000;
    private static final int MOST_DOUBLINGS = 5;

    private final SipHash nonces;
    private long count;
    private long server;
    private int nonce;
    private int tries;
    private long since;
    private long sentAt;
    private long dueAt;
    private long largestMessage;

    /// @param nonces makes nonces that nobody can guess, so that nobody else can answer
    SessionOpening(SipHash nonces) {
        this.nonces = nonces;
    }

    void start(long server, long now) {
        this.server = server;
        nonce = (int) nonces.hash(count++, server);
        tries = 0;
        since = now;
    }

    /// What is asked with: the session's first rid.
    int nonce() {
        return nonce;
    }

    int tries() {
        return tries;
    }

    /// When it was asked last.
    long sentAt() {
        return sentAt;
    }

    boolean isDue(long now) {
        return now - dueAt >= 0;
    }

    /// The nanoseconds until it is due.
    long delay(long now) {
        return Math.max(0, dueAt - now);
    }

    /// Whether the server was asked that often, for that long.
    boolean hasTried(int times, long nanos, long now) {
        return tries >= times && now - since >= nanos;
    }

    /// Asks.
    ///
    /// @return false if the sender has no room
    boolean send(UdpSender sender, long now) {
        dueAt = now + (FIRST_PAUSE_NANOS << Math.min(tries, MOST_DOUBLINGS));
        sentAt = now;
        tries++;
        long at = sender.claim(server, ReliableHeader.BYTES + ReliableHeader.OPEN_PAYLOAD);
        if (at == UdpSender.NO_ROOM) {
            return false;
        }
        ReliableHeader.write(
                sender.memory(),
                at,
                ReliableHeader.alone(ReliableHeader.OPEN, nonce),
                ReliableHeader.toServer(nonce, nonce, nonce));
        Words.setLong(sender.memory(), at + ReliableHeader.BYTES, 0);
        sender.commit();
        return true;
    }

    /// Reads the payload of an OPEN_OK.
    ///
    /// @return whether it is one that this client understands
    boolean read(UdpBurst burst, int i) {
        if (burst.length(i) != ReliableHeader.BYTES + ReliableHeader.OPEN_PAYLOAD) {
            return false;
        }
        long payload = burst.offset(i) + ReliableHeader.BYTES;
        largestMessage = Words.getIntBe(burst.memory(i), payload + 2);
        return Words.getUnsignedShortBe(burst.memory(i), payload) > 0
                && largestMessage > 0
                && Words.getUnsignedShortBe(burst.memory(i), payload + 6) == ReliableHeader.MAX_PAYLOAD;
    }

    /// The most bytes of a message that the server takes.
    long largestMessage() {
        return largestMessage;
    }
}
