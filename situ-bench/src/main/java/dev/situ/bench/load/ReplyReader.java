package dev.situ.bench.load;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/// Finds where replies end in the bytes of a connection, and of what kind each is. Values are passed over, not
/// looked at.
interface ReplyReader {
    /// Takes what has come, to its end.
    ///
    /// @param replies is told of each reply that is complete
    /// @throws IllegalStateException if it is something else
    void take(ByteBuffer in, Consumer<Answer> replies);
}
