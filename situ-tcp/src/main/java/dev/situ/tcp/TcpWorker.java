package dev.situ.tcp;

import dev.situ.kv.CommandStream;
import dev.situ.kv.Peer;

/// What one event loop works with: a worker of the store, and the streams of commands of its connections.
///
/// Made on the loop's thread by the factory that [TcpServer#start] is given, used there only, and closed there.
public interface TcpWorker extends AutoCloseable {
    /// Enters the worker's epoch: what is called between this and [#exit()] may look at stored records.
    void enter();

    /// Leaves the epoch.
    void exit();

    /// Keeps the bytes of a record that a reply named as a slice's owner, past the end of the epoch. Inside the
    /// epoch.
    void pin(long record);

    /// Gives one [#pin] back. Inside or outside of the epoch.
    void unpin(long record);

    /// Gives back what is held unused: for when the loop has had nothing to do for a while. Outside of the epoch.
    void trim();

    /// A stream of commands for a new connection. The connection closes it.
    ///
    /// @param peer the other end, for the session of the stream
    CommandStream connect(Peer peer);

    /// Counts a client that is closed for what it left unread.
    void countClosedByLimit();

    /// Gives the worker back. Every stream is closed before.
    @Override
    void close();
}
