package dev.situ.tcp;

import dev.situ.memory.Consumes;
import io.netty.buffer.ByteBuf;

/// The socket of one connection, whatever carries it. It tells its [Connection] what comes in.
///
/// Confined to the loop's thread.
interface Wire {
    /// Asks for one more round of input: some bytes, then [Connection#roundComplete()]. Asking twice is asking
    /// once.
    void read();

    /// Takes bytes to be sent after all others; they leave with [#flush()]. Consumes one reference: the buffer is
    /// released once the kernel has its bytes, or never will.
    void write(@Consumes ByteBuf bytes);

    /// Sends what was written.
    void flush();

    /// Ends the output: the client reads what was sent, then the end. Nothing is pending, and nothing is written
    /// any more.
    void shutdownOutput();

    /// Closes at once; what was not sent is dropped. [Connection#closed()] follows, now or later, when the kernel
    /// uses none of the connection's memory any more.
    void close();
}
