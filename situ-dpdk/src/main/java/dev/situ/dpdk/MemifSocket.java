package dev.situ.dpdk;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/// The socket file that a memif server makes, for its client to find it by.
///
/// A process that is killed leaves its file behind, and the driver binds to no name that is taken: without a look here
/// a server could not be started again. Nor is the driver asked for what it will refuse: after a refusal it keeps the
/// device's name (22.11).
///
/// | at the path | [#makeFree] |
/// |---|---|
/// | nothing | does nothing |
/// | a socket that nobody listens at: its process has gone | removes it |
/// | a socket that is listened at, or another file | refuses |
///
/// @param path the file
record MemifSocket(Path path) {
    /// The socket file that a device would make, or null if it is no memif server, or its socket is no file.
    static @Nullable MemifSocket of(DpdkPortOptions options) {
        String path = options.argument("socket", "");
        boolean makesFile = options.isMemif()
                && options.argument("role", "").equals("server")
                && options.argument("socket-abstract", "").equals("no");
        return makesFile && !path.isEmpty() ? new MemifSocket(Path.of(path)) : null;
    }

    /// Sees to it that the driver can make the file.
    ///
    /// @throws DpdkException if another process has it, or it cannot be removed
    void makeFree() {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!isSocket()) {
            throw new DpdkException(path + " is there, and is no socket: a memif server makes its own");
        }
        if (isServed()) {
            throw new DpdkException("another process serves a memif at " + path);
        }
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new DpdkException(path + " is left from a process that has gone, and cannot be removed: " + e, e);
        }
    }

    private boolean isSocket() {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isOther();
        } catch (IOException e) {
            return false;
        }
    }

    /// Whether a process listens. Memif's sockets are of another type than this one, which is another refusal.
    private boolean isServed() {
        try (SocketChannel _ = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            return true;
        } catch (ConnectException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
