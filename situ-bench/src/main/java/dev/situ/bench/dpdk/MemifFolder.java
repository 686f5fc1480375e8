package dev.situ.bench.dpdk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A folder of its own for the socket of one memif.
///
/// @param path the folder
public record MemifFolder(Path path) implements AutoCloseable {
    /// Makes one.
    public static MemifFolder make() throws IOException {
        return new MemifFolder(Files.createTempDirectory("situ-bench"));
    }

    /// The socket, which a server makes.
    public Path socket() {
        return path.resolve("memif");
    }

    /// Removes both. To be called when both ends are closed.
    @Override
    public void close() throws IOException {
        Files.deleteIfExists(socket());
        Files.delete(path);
    }
}
