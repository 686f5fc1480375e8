package dev.situ.bench.load;

/// How a request has ended.
public enum Answer {
    /// A value came.
    VALUE,
    /// The server answered that there is nothing.
    NOTHING,
    /// The server answered something else that is no error: OK, a number.
    DONE,
    /// The server answered with an error.
    ERROR,
    /// No answer: it took too long, or the connection was lost.
    FAILED
}
