package dev.situ.tcp;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.uring.IoUringChannelOption;
import jdk.net.ExtendedSocketOptions;

/// How the kernel finds out that a silent client is gone: it asks after a time of silence, and again, and gives
/// up when there is no answer. As Redis sets it: three questions, at a third of that time.
///
/// @param idle seconds of silence before the first question
/// @param interval seconds between two
/// @param count questions without an answer
record KeepAlive(ChannelOption<Integer> idle, ChannelOption<Integer> interval, ChannelOption<Integer> count) {
    private static final int QUESTIONS = 3;

    /// The options of a transport's sockets.
    static KeepAlive of(TcpTransport transport) {
        return switch (transport.resolve()) {
            case IO_URING ->
                new KeepAlive(
                        IoUringChannelOption.TCP_KEEPIDLE,
                        IoUringChannelOption.TCP_KEEPINTVL,
                        IoUringChannelOption.TCP_KEEPCNT);
            case EPOLL ->
                new KeepAlive(
                        EpollChannelOption.TCP_KEEPIDLE,
                        EpollChannelOption.TCP_KEEPINTVL,
                        EpollChannelOption.TCP_KEEPCNT);
            default ->
                new KeepAlive(
                        NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE),
                        NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL),
                        NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT));
        };
    }

    /// Sets them for a connection; one of a unix socket has none.
    ///
    /// @param seconds of silence; 0: the kernel does not ask
    void set(Channel channel, int seconds) {
        if (seconds == 0) {
            return;
        }
        channel.config().setOption(ChannelOption.SO_KEEPALIVE, true);
        channel.config().setOption(idle, seconds);
        channel.config().setOption(interval, Math.max(1, seconds / QUESTIONS));
        channel.config().setOption(count, QUESTIONS);
    }
}
