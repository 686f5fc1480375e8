package dev.situ.bench.load;

/// What is asked of a key.
public enum Operation {
    /// Reads its value.
    GET,
    /// Writes a value.
    SET,
    /// Deletes it.
    DELETE,
    /// Writes the value of a key that was not there: the next after all others.
    INSERT,
    /// Reads its value, then writes one: one operation, from the first to the last.
    RMW
}
