package dev.situ.server;

import java.util.ArrayDeque;
import java.util.Deque;

/// What was opened one after the other, and is closed the other way round. For one thread.
final class OpenedParts implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("dev.situ.server");

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();

    /// Takes a part over.
    <T extends AutoCloseable> T opened(T part) {
        parts.push(part);
        return part;
    }

    /// Closes all, whatever becomes of each. Idempotent.
    @Override
    public void close() {
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.pop();
            try {
                part.close();
            } catch (Exception e) {
                LOG.log(System.Logger.Level.WARNING, "closing " + part, e);
            }
        }
    }
}
