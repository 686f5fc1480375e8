package dev.situ.bench.load;

import java.lang.foreign.MemorySegment;

/// A way to a server. Confined to one thread, which drives it by [#turn].
public interface Link extends AutoCloseable {
    /// Takes in answers, during [Link#turn].
    interface Answers {
        /// A request has ended. Must not send.
        ///
        /// @param slot what was given with the request
        void answered(int slot, Answer answer);
    }

    /// What the server understands.
    default Dialect dialect() {
        return Dialect.RESP;
    }

    /// Sends a request, with the next turn at the latest.
    ///
    /// @param request in the link's [#dialect], borrowed for this call if it has up to 1456 bytes, else until
    /// it was answered
    /// @param slot given back with the answer; no other request under way has it
    /// @return whether it was taken; if not, try again after the next turn
    boolean send(MemorySegment request, int length, int slot);

    /// Sends what was collected and receives what has come, a burst at most. Never blocks.
    ///
    /// @throws IllegalStateException if the server cannot be reached any more
    void turn(Answers answers);

    @Override
    void close();
}
