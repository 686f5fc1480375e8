package dev.situ.tcp;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import io.netty.channel.uring.IoUringServerDomainSocketChannel;
import io.netty.channel.uring.IoUringServerSocketChannel;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Which interface of the kernel carries the sockets.
public enum TcpTransport {
    /// The first that works of [#IO_URING], [#EPOLL], [#NIO].
    AUTO,
    /// Linux's io_uring: all reads and writes of a round of the event loop in one system call.
    IO_URING,
    /// Linux's epoll.
    EPOLL,
    /// The JDK's own selector, which runs everywhere.
    NIO;

    private static final String MULTI_SHOT_ACCEPT = "io.netty.iouring.acceptMultiShotEnabled";

    static {
        // With one request for many connections, Netty (4.2.18) asks again at once when the process has no file
        // descriptor
        // left, and so burns a core until there is one.
        if (System.getProperty(MULTI_SHOT_ACCEPT) == null) {
            System.setProperty(MULTI_SHOT_ACCEPT, "false");
        }
    }

    /// Entries of the ring of submissions: a round with more reads and writes than this needs several system
    /// calls.
    private static final int RING_ENTRIES = 4096;

    /// Says whether this transport works on this machine.
    public boolean available() {
        return unavailability() == null;
    }

    /// Why this transport does not work here, in one line, or null if it does.
    public @Nullable String unavailability() {
        Throwable cause = switch (this) {
            case AUTO, NIO -> null;
            case IO_URING -> IoUring.unavailabilityCause();
            case EPOLL -> Epoll.unavailabilityCause();
        };
        return cause == null ? null : this + " is not available: " + innermost(cause);
    }

    /// This transport, or for [#AUTO] the best that works here.
    public TcpTransport resolve() {
        if (this != AUTO) {
            return this;
        }
        if (IO_URING.available()) {
            return IO_URING;
        }
        return EPOLL.available() ? EPOLL : NIO;
    }

    IoHandlerFactory ioHandlers() {
        return switch (resolve()) {
            case IO_URING ->
                IoUringIoHandler.newFactory(new IoUringIoHandlerConfig()
                        .setRingSize(RING_ENTRIES)
                        .setCqSize(4 * RING_ENTRIES)
                        .setSingleIssuer(true));
            case EPOLL -> EpollIoHandler.newFactory();
            default -> NioIoHandler.newFactory();
        };
    }

    ServerChannel tcpChannel() {
        return switch (resolve()) {
            case IO_URING -> new IoUringServerSocketChannel();
            case EPOLL -> new EpollServerSocketChannel();
            default -> new NioServerSocketChannel();
        };
    }

    ServerChannel unixChannel() {
        return switch (resolve()) {
            case IO_URING -> new IoUringServerDomainSocketChannel();
            case EPOLL -> new EpollServerDomainSocketChannel();
            default -> new NioServerDomainSocketChannel();
        };
    }

    /// Says whether replies can still be sent after the client has closed its side. Not over epoll: Netty
    /// (4.2.18) takes a socket out of the epoll set when it is neither read nor waiting to be written, and then
    /// cannot put it back (`epoll_ctl` with `ENOENT`), which fails the next reply that does not fit into the
    /// socket's buffer. So there the connection ends with the input, and a client that closed early loses what it
    /// had not read, as with Redis.
    boolean halfClosure() {
        return resolve() != EPOLL;
    }

    SocketAddress unixAddress(Path path) {
        return resolve() == NIO ? UnixDomainSocketAddress.of(path) : new DomainSocketAddress(path.toString());
    }

    private static String innermost(Throwable cause) {
        Throwable at = cause;
        while (at.getCause() != null) {
            at = at.getCause();
        }
        return at.toString();
    }
}
