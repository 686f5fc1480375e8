package dev.situ.kv;

/// The other end of one connection, as its transport knows it: what `CLIENT LIST` tells of it, and the two things
/// that other threads may do to it.
///
/// Made by the transport, given to [Keyspace#newSession(Peer)]. All methods are for any thread, at any time, also
/// after the connection has ended; they wait for nobody.
public interface Peer {
    /// Where the client is: `127.0.0.1:50000`, `[::1]:50000`, or `<path>:0` for a unix socket.
    String address();

    /// Where the client has connected to, written the same way.
    String localAddress();

    /// Whether it came over a unix socket.
    boolean isLocalSocket();

    /// The file descriptor of its socket, or -1 if the transport does not know it.
    int fileDescriptor();

    /// The bytes of replies that the kernel has not taken yet: a figure that may be a moment old.
    long pendingBytes();

    /// Asks the connection's thread to call [CommandStream#deliver] soon, and to go on if the stream was
    /// [StreamStatus#PAUSED]. While the client leaves much unread it is called later, when that has sunk: what is
    /// not delivered counts against the client's bound.
    void wake();

    /// Asks the connection's thread to close it soon, whatever it is doing.
    void kill();
}
