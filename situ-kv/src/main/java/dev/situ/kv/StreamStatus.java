package dev.situ.kv;

/// What a transport does after it gave bytes to a [CommandStream].
public enum StreamStatus {
    /// Everything was taken: send the reply, go on reading.
    OPEN,
    /// The reply is long and there are more commands: send it, clear it, then call [CommandStream#resume].
    MORE,
    /// Clients are paused, and a command waits: send the reply, clear it, read nothing more, and call
    /// [CommandStream#resume] when [CommandStream#pausedNanos] have passed, or when the [Peer] is woken. A
    /// transport without connections refuses the request.
    PAUSED,
    /// Send the reply, then close the connection.
    CLOSE
}
