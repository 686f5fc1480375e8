package dev.situ.server;

import dev.situ.client.Reply;
import java.io.IOException;
import java.util.List;

/// How the command line reaches a server. Confined to one thread.
interface CommandChannel extends AutoCloseable {
    /// Sends a command, its name first, and waits for the reply.
    ///
    /// @throws IOException if the server cannot be reached or does not answer; its message is for people
    Reply call(List<byte[]> words) throws IOException;

    /// Says whether commands come over one connection, which keeps what they say about it.
    boolean isConnection();

    @Override
    void close();
}
