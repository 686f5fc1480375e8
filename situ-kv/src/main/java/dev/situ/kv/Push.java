package dev.situ.kv;

/// A message that nobody asked for just now: a line of `MONITOR`, later messages of channels and the like. Written
/// when it is delivered, in the protocol that the receiver speaks then. Immutable: one object for all receivers.
interface Push {
    /// Appends the message.
    void write(Reply reply);

    /// About how many bytes that will be, for the bound on what waits.
    int bytes();
}
