package dev.situ.client;

import org.jspecify.annotations.Nullable;

/// Something that another thread hands to the client's thread: a node of [SubmissionQueue].
abstract class Submission {
    @Nullable
    Submission next;

    /// Starts it. The client's thread only.
    ///
    /// @return whether it was taken care of; if not, as many calls are outstanding as may be: again later
    abstract boolean start(ClientIo io);

    /// Whether it has waited too long.
    abstract boolean expired(long now);

    /// Ends it without having started it.
    abstract void fail(SituException why);
}
