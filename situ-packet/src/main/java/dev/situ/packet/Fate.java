package dev.situ.packet;

/// What becomes of a packet at the end of a [Pipeline]. Every packet has exactly one.
public enum Fate {
    /// It is released.
    DROP,
    /// It is sent.
    SEND,
    /// The function that said so has taken it, and is to release it some day.
    KEEP
}
