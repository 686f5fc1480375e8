package dev.situ.r2p2;

import com.google.errorprone.annotations.Immutable;
import dev.situ.memory.SliceList;
import java.lang.foreign.MemorySegment;

/// What is called with every whole request: the request callback of the thesis (section 4.4).
///
/// It is called by every queue's poller at once, so it must be re-entrant: what it keeps for each poller it finds
/// under `queue`. It runs inside [dev.situ.udp.UdpQueue#poll()], to completion. It should not throw: the exception
/// costs the rest of the burst.
///
/// The compiler holds it to that, as with [dev.situ.udp.UdpHandler]: state of each poller goes into a
/// [dev.situ.udp.PerQueue].
@Immutable
public interface RequestHandler {
    /// Packets have come together: requests that are handled until [#end] are of one burst. For who does something once
    /// for all of them, such as to look at the clock.
    default void begin(int queue) {}

    /// Whether the packets of this burst are to be announced: asked after [#begin].
    default boolean wantsAnnouncements(int queue) {
        return false;
    }

    /// Says what is about to come: packets of the burst whose payloads are requests, or the beginnings of some, it
    /// seems. For who brings what they need to the cache, for all of them at once.
    ///
    /// @param requests the payloads; their bytes may be anything, and [#handle] may never be called with them. The
    ///     list is borrowed for the call, their memory, which does not change, until the next call or [#end]
    default void announce(int queue, SliceList requests) {}

    /// Ends the burst. Called whatever happened in it.
    default void end(int queue) {}

    /// Not to be answered briefly.
    int NOT_BRIEF = -1;

    /// Executes a request of one packet if that only reads and the reply is known to be short: the short way, which
    /// does without lists of slices. What it leaves goes the usual way.
    ///
    /// @param peer as for [#handle(int, long, SliceList, SliceList)]
    /// @param memory,offset,length the request's bytes, *borrowed* for the call
    /// @param mostBytes that the reply may have
    /// @return the bytes of the reply, for [#writeBrief] or, if there is no room to send it, for nobody; or
    ///     [#NOT_BRIEF]: then nothing was executed, and the same request is handled next
    default int brief(int queue, long peer, MemorySegment memory, long offset, int length, int mostBytes) {
        return NOT_BRIEF;
    }

    /// Writes the reply that the latest [#brief] of this queue has promised, straight into the packet that carries it
    /// away.
    ///
    /// @param to,offset where as many bytes are free: exactly so many are to be written
    default void writeBrief(int queue, MemorySegment to, long offset) {
        throw new IllegalStateException("no brief reply was promised");
    }

    /// Executes a request.
    ///
    /// @param queue the queue whose poller calls
    /// @param request the request's bytes, *borrowed* for the call: as many slices as packets; no slices if it is
    ///     empty. Its [SliceList#lender], if it has one, lets packets be kept longer
    /// @param response empty; to be filled. Slices of [SliceList#NO_OWNER] must stay valid until the next call for
    ///     this queue, those of any other owner until the burst has been handled and sent, or
    ///     for as long as the owner is pinned ([ResponseOwners])
    /// @return what to send: with [RequestStatus#REFUSE] the response is ignored
    RequestStatus handle(int queue, SliceList request, SliceList response);

    /// The same for who wants to know where the request comes from. Does what [#handle(int, SliceList, SliceList)]
    /// does.
    ///
    /// @param peer a [dev.situ.udp.PeerAddress]; in compatible mode it may be forged
    default RequestStatus handle(int queue, long peer, SliceList request, SliceList response) {
        return handle(queue, request, response);
    }

    /// Replaces a response that is larger than may be sent, after [#handle] gave it: the request *was* executed.
    /// The slices of that response are forgotten.
    ///
    /// A DROP would tell the client that nothing was executed, so an error reply is better where there is one; one
    /// that is itself larger than `limit` becomes a DROP.
    ///
    /// @param length the bytes of the response
    /// @param limit the most bytes that may be sent to this client
    /// @param response empty; to be filled, as for [#handle]
    RequestStatus tooLarge(int queue, long length, long limit, SliceList response);
}
