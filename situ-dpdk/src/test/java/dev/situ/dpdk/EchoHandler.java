package dev.situ.dpdk;

import dev.situ.memory.Words;
import dev.situ.udp.UdpBurst;
import dev.situ.udp.UdpHandler;
import dev.situ.udp.UdpSender;

/// Answers each datagram with a mark and the same bytes, appended from where they lie.
final class EchoHandler {
    static final int MARK = 0x5117_0E40;
    static final int MARK_BYTES = 4;
    /// A handler.
    static final UdpHandler ECHO = EchoHandler::echo;

    private EchoHandler() {}

    private static void echo(UdpBurst burst, UdpSender sender) {
        for (int i = 0; i < burst.size(); i++) {
            long at = sender.claim(burst.peer(i), MARK_BYTES);
            if (at == UdpSender.NO_ROOM) {
                continue;
            }
            Words.setIntBe(sender.memory(), at, MARK);
            sender.append(burst.memory(i), burst.offset(i), burst.length(i));
            sender.commit();
        }
    }
}
