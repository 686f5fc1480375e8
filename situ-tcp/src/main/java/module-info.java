/// RESP over TCP, TLS and unix sockets with Netty.
@org.jspecify.annotations.NullMarked
module dev.situ.tcp {
    requires static transitive org.jspecify;
    requires transitive dev.situ.memory;
    requires transitive dev.situ.kv;
    requires io.netty.buffer;
    requires io.netty.codec;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.transport;
    requires io.netty.transport.classes.epoll;
    requires io.netty.transport.classes.io_uring;
    requires io.netty.transport.unix.common;
    requires jdk.net;

    exports dev.situ.tcp;
}
