package dev.situ.udp;

import dev.situ.memory.BufferSource;
import dev.situ.memory.Consumes;
import java.lang.foreign.MemorySegment;

/// Datagrams that were received together: at least one, each a view into a buffer of the stack.
///
/// The bytes are *borrowed* until the handler returns; [#retain] keeps those of one datagram longer. Confined to
/// the poller of its queue, but for [#release].
public interface UdpBurst {
    /// What [#retain] gives when the stack has no buffer to spare.
    long NOT_RETAINED = -1;

    /// The queue that the burst came through: 0 to [UdpStack#queues()] - 1.
    int queue();

    /// The number of datagrams.
    int size();

    /// The memory that the payload of datagram `index` lies in.
    MemorySegment memory(int index);

    /// Where the payload of datagram `index` starts in its memory.
    long offset(int index);

    /// The payload's bytes: 0 to 65507. A datagram that the stack had to cut is not delivered.
    int length(int index);

    /// Who sent it: a [PeerAddress].
    long peer(int index);

    /// Keeps datagram `index` past the burst, and gives the handle to [#release] it by. Read its memory and
    /// offset again after this call: a stack may move a lone datagram out of a large buffer.
    ///
    /// @return a handle, or [#NOT_RETAINED] when buffers are short: drop the datagram then
    long retain(int index);

    /// Whether [#retain] would keep datagram `index` where it lies, copying nothing.
    default boolean retainsInPlace(int index) {
        return true;
    }

    /// Where the buffers come from: the handles that [#retain] gives are references of it. The same object for every
    /// burst of a bound port.
    BufferSource source();

    /// Gives back what [#retain] kept. Consumes the handle. Any thread may call it.
    void release(@Consumes long handle);
}
