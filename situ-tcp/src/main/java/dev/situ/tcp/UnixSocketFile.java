package dev.situ.tcp;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The file of a unix socket that a server listens on.
///
/// Netty removes what has the name it binds to, before and when it closes, whoever made that. So it binds to a
/// draft of another name in the same folder, which then takes its place in one step; nothing else is ever removed
/// but a socket that nobody listens on.
final class UnixSocketFile {
    private static final int TYPE = 0170000;
    private static final int SOCKET = 0140000;
    private static final AtomicInteger DRAFTS = new AtomicInteger();

    private final Path path;
    private final Path draft;
    private @Nullable Object published;

    UnixSocketFile(Path path) {
        this.path = path;
        // Short, because the name of a socket has at most 107 bytes, with its folder.
        String name =
                Long.toString(ProcessHandle.current().pid(), Character.MAX_RADIX) + "-" + DRAFTS.getAndIncrement();
        this.draft = path.resolveSibling("." + name);
    }

    /// Where to bind.
    Path draft() {
        return draft;
    }

    /// Checks that a server may take the path: there is nothing, or a socket that nobody listens on.
    ///
    /// @throws BindException if another server listens there
    /// @throws IOException if something else is there, or cannot be looked at; one line for users
    void requireFree() throws IOException {
        try {
            int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            if ((mode & TYPE) != SOCKET) {
                throw new IOException(path + " exists and is not a socket");
            }
            requireStale();
        } catch (NoSuchFileException nothingThere) {
            // The folder may be missing too: binding will tell.
        } catch (FileSystemException e) {
            throw refused(e);
        }
    }

    private void requireStale() throws IOException {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            // A server with a full backlog must not make us wait; that is an error.
            probe.configureBlocking(false);
            boolean _ = probe.connect(UnixDomainSocketAddress.of(path));
        } catch (ConnectException nobodyListens) {
            return;
        } catch (IOException e) {
            throw new IOException(path + " may be in use by another server: " + e.getMessage(), e);
        }
        throw new BindException(path + " is in use by another server");
    }

    /// Gives the bound draft its name.
    void publish() throws IOException {
        try {
            published = keyOf(draft);
            Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            throw refused(e);
        }
    }

    /// Removes the file, if it is still the one that was published. Before the socket is closed: until then no
    /// other file can have its key.
    void remove() throws IOException {
        Object mine = published;
        published = null;
        try {
            if (mine != null && mine.equals(keyOf(path))) {
                Files.delete(path);
            }
        } catch (NoSuchFileException gone) {
            // Somebody else has removed it.
        }
    }

    /// An error that says in one line why the path cannot be listened on.
    IOException refused(Exception cause) {
        return new IOException("cannot listen on " + path + ": " + reason(cause), cause);
    }

    private static String reason(Exception cause) {
        return switch (cause) {
            case AccessDeniedException _ -> "Permission denied";
            case NoSuchFileException _ -> "No such file or directory";
            case NotDirectoryException _ -> "Not a directory";
            case FileSystemException e when e.getReason() != null -> e.getReason();
            default -> TcpServer.reason(cause);
        };
    }

    private static Object keyOf(Path file) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        Object key = attributes.fileKey();
        return key == null ? file : key;
    }
}
