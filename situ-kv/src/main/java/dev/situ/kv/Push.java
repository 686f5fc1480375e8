package dev.situ.kv;

/// A message that nobody asked for just now: a line of `MONITOR`, later messages of channels and the like. Written
/// when it is delivered, in the protocol that the receiver speaks then. Immutable: one object for all receivers.
interface Push {
    /// Appends the message, or nothing if it is none to the receiver any more: who has said `UNSUBSCRIBE` or
    /// `RESET` meanwhile would take it for the reply to a command. On the receiver's thread.
    void write(Reply reply, Session receiver);

    /// About how many bytes that will be, for the bound on what waits.
    int bytes();
}
