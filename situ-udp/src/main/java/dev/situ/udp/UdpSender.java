package dev.situ.udp;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// Sends datagrams from the bound port: as a whole, by [#send]; or in parts, by a claim of room, writing, and a commit.
///
/// ```java
/// long at = sender.claim(peer, 8 + reply);
/// if (at != UdpSender.NO_ROOM) {
///     Header.write(sender.memory(), at, ...);
///     Words.copy(..., sender.memory(), at + 8, reply);
///     sender.commit();
/// }
/// ```
///
/// What is committed leaves with the next [#flush()], at the latest when the handler has returned; datagrams to
/// one peer leave in the order of their commits and, where the stack can, in one system call. UDP promises no
/// delivery: what the kernel or the driver does not take is dropped and counted. Confined to the poller of its
/// queue.
public interface UdpSender {
    /// What [#claim] gives when the datagram cannot be sent now: it is dropped and counted.
    long NO_ROOM = -1;

    /// The largest payload of a datagram that is not fragmented: 1472 on Ethernet.
    int maxPayload();

    /// Up to how many bytes it costs less to write them behind a claim than to append them.
    int copyBreak();

    /// Sends a datagram whose bytes lie elsewhere: written behind its headers, or appended to them, whichever costs
    /// less. They are *borrowed* as by [#append].
    ///
    /// @param peer a [PeerAddress]
    /// @return false if there is no room for it now, or it is longer than [#maxPayload()]: it is dropped and
    ///     counted. What was taken may be dropped later, and is counted then
    /// @throws RuntimeException if the bytes cannot be read: nothing is sent
    default boolean send(long peer, MemorySegment memory, long offset, int length) {
        Objects.checkFromIndexSize(offset, length, memory.byteSize());
        boolean inPlace = length <= copyBreak() || length > maxPayload();
        long at = claim(peer, inPlace ? length : 0);
        if (at == NO_ROOM) {
            return false;
        }
        try {
            if (inPlace) {
                Words.copy(memory, offset, memory(), at, length);
            } else {
                append(memory, offset, length);
            }
        } catch (Throwable t) {
            abort();
            throw t;
        }
        commit();
        return true;
    }

    /// Starts a datagram to `peer` that begins with `length` bytes which the caller writes in place.
    ///
    /// @param peer a [PeerAddress]
    /// @param length 0 to [#maxPayload()]
    /// @return where in [#memory()] to write, or [#NO_ROOM]
    long claim(long peer, int length);

    /// The memory that the last [#claim] lies in. Read it after the claim.
    MemorySegment memory();

    /// Appends bytes to the claimed datagram by reference. They are *borrowed* until the next [#flush()] has
    /// returned and must not change until then, although a stack may copy them at once (short ones, those of the
    /// heap). The whole datagram must stay within [#maxPayload()].
    ///
    /// Bytes that lie in a buffer of the stack's own source ([UdpBurst#source()]), to which the caller holds a
    /// reference, may be sent from there: the stack takes a reference of its own, which it may hold past the flush.
    /// The caller may release its reference after the flush all the same; the bytes must not be changed by anyone
    /// until no other reference is left.
    void append(MemorySegment memory, long offset, int length);

    /// Ends the claimed datagram: it will be sent.
    void commit();

    /// Ends the claimed datagram: it will not be sent.
    void abort();

    /// Sends what was committed. Afterwards nothing that was appended is referred to any more, but for buffers to
    /// which the stack holds references of its own.
    void flush();
}
