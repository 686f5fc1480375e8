package dev.situ.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KeepAliveTest {
    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void threeQuestionsAtAThirdOfTheTime(TcpTransport transport) throws Exception {
        Transports.require(transport);
        KeepAlive keepAlive = KeepAlive.of(transport);
        CompletableFuture<Channel> accepted = new CompletableFuture<>();
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, transport.ioHandlers());
        try {
            Channel server = new ServerBootstrap()
                    .group(group)
                    .channelFactory(transport::tcpChannel)
                    .childHandler(new ChannelInboundHandlerAdapter() {
                        @Override
                        public void channelActive(ChannelHandlerContext context) {
                            accepted.complete(context.channel());
                        }
                    })
                    .bind("127.0.0.1", 0)
                    .sync()
                    .channel();
            try (Client _ = Client.tcp(((InetSocketAddress) server.localAddress()).getPort())) {
                Channel channel = accepted.get(30, TimeUnit.SECONDS);
                keepAlive.set(channel, 0);
                assertThat(channel.config().getOption(ChannelOption.SO_KEEPALIVE))
                        .isFalse();
                keepAlive.set(channel, 300);
                assertThat(channel.config().getOption(ChannelOption.SO_KEEPALIVE))
                        .isTrue();
                assertThat(channel.config().getOption(keepAlive.idle())).isEqualTo(300);
                assertThat(channel.config().getOption(keepAlive.interval())).isEqualTo(100);
                assertThat(channel.config().getOption(keepAlive.count())).isEqualTo(3);
                keepAlive.set(channel, 2);
                assertThat(channel.config().getOption(keepAlive.interval())).isEqualTo(1);
            }
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }
}
