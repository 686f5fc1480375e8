package dev.situ.tcp;

import dev.situ.kv.Peer;
import io.netty.channel.Channel;
import io.netty.channel.unix.UnixChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/// A connection as other threads see it: where it comes from and goes to, and the two things that they may ask of
/// it, which its own loop does. Safe for all threads.
final class TcpPeer implements Peer {
    private static final String UNIX_PORT = ":0";
    private static final int UNKNOWN = -1;

    private final TcpLoop loop;
    private final String address;
    private final String localAddress;
    private final boolean localSocket;
    private final int fileDescriptor;
    private volatile @Nullable Connection connection;

    /// @param channel just accepted, open
    TcpPeer(TcpLoop loop, Channel channel) {
        this.loop = loop;
        localSocket = !(channel.localAddress() instanceof InetSocketAddress);
        address = localSocket ? loop.unixSocket + UNIX_PORT : text(channel.remoteAddress());
        localAddress = localSocket ? address : text(channel.localAddress());
        fileDescriptor = channel instanceof UnixChannel unix ? unix.fd().intValue() : UNKNOWN;
    }

    /// Says which connection it is. Once, before anyone else sees this.
    void is(Connection its) {
        connection = its;
    }

    private static String text(@Nullable SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet) || inet.getAddress() == null) {
            return String.valueOf(address);
        }
        String host = inet.getAddress().getHostAddress();
        boolean ipv6 = host.indexOf(':') >= 0;
        return (ipv6 ? "[" + host.replaceFirst("(^|:)0(:0)+(:|$)", "::") + "]" : host) + ":" + inet.getPort();
    }

    @Override
    public String address() {
        return address;
    }

    @Override
    public String localAddress() {
        return localAddress;
    }

    @Override
    public boolean isLocalSocket() {
        return localSocket;
    }

    @Override
    public int fileDescriptor() {
        return fileDescriptor;
    }

    @Override
    public long pendingBytes() {
        Connection its = connection;
        return its == null ? 0 : its.pendingSeen();
    }

    @Override
    public void wake() {
        Connection its = connection;
        if (its != null) {
            run(its::woken);
        }
    }

    @Override
    public void kill() {
        Connection its = connection;
        if (its != null) {
            run(its::killed);
        }
    }

    private void run(Runnable action) {
        try {
            loop.eventLoop.execute(action);
        } catch (RejectedExecutionException stopped) {
            // The loop has ended, and the connection with it.
        }
    }

    @Override
    public String toString() {
        return address;
    }
}
