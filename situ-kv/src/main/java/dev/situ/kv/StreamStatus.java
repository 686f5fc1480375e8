package dev.situ.kv;

/// What a transport does after it gave bytes to a [CommandStream].
public enum StreamStatus {
    /// Everything was taken: send the reply, go on reading.
    OPEN,
    /// The reply is long and there are more commands: send it, clear it, then call [CommandStream#resume].
    MORE,
    /// Send the reply, then close the connection.
    CLOSE
}
