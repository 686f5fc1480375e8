package dev.situ.client;

/// What becomes of a call that is made while as many wait as may.
public enum WhenFull {
    /// It fails with [SituException.Overloaded].
    FAIL,
    /// The thread that makes it waits for room. On the client's own thread, which must not wait, it fails.
    BLOCK
}
