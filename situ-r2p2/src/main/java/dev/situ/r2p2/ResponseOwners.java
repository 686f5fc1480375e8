package dev.situ.r2p2;

/// How a server keeps the bytes of a response that somebody else owns until the client has them: the owners that a
/// [RequestHandler] names in its response are pinned, so that a stored value can be sent again without a copy.
///
/// Called by the pollers of the queues, each for its own.
public interface ResponseOwners {
    /// For handlers whose owned bytes stay as they are for good.
    ResponseOwners LASTING = new ResponseOwners() {
        @Override
        public void pin(int queue, long owner) {}

        @Override
        public void unpin(int queue, long owner) {}
    };

    /// Keeps what `owner` holds readable and unchanged until it is unpinned as often as it was pinned. Called after
    /// [RequestHandler#handle] has given a response with it, before the poll ends.
    ///
    /// @param owner as in the response, never [SliceList#NO_OWNER]
    void pin(int queue, long owner);

    /// Gives up one pin: in a later poll, in a tick, or when the server is closed.
    void unpin(int queue, long owner);
}
