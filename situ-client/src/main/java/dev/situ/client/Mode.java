package dev.situ.client;

/// Which of the two modes of R2P2 a [SituClient] speaks.
public enum Mode {
    /// What is lost is sent again, nothing is executed twice, messages have up to 64 MiB: Situ to Situ.
    RELIABLE,
    /// What the public reference implementation speaks: what is lost times out, replies have up to 371856 bytes.
    COMPATIBLE
}
