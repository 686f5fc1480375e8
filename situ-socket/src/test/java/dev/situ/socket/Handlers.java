package dev.situ.socket;

import dev.situ.memory.Words;
import dev.situ.udp.UdpBurst;
import dev.situ.udp.UdpHandler;
import dev.situ.udp.UdpSender;

/// Handlers that several tests use.
final class Handlers {
    private Handlers() {}

    static final UdpHandler IGNORE = (_, _) -> {};

    /// Sends every datagram back, copied.
    static final UdpHandler ECHO = (burst, sender) -> {
        for (int i = 0; i < burst.size(); i++) {
            echo(burst, i, sender);
        }
    };

    /// Sends every datagram back by reference.
    static final UdpHandler ECHO_BY_REFERENCE = (burst, sender) -> {
        for (int i = 0; i < burst.size(); i++) {
            if (sender.claim(burst.peer(i), 0) != UdpSender.NO_ROOM) {
                sender.append(burst.memory(i), burst.offset(i), burst.length(i));
                sender.commit();
            }
        }
    };

    static void echo(UdpBurst burst, int i, UdpSender sender) {
        long at = sender.claim(burst.peer(i), burst.length(i));
        if (at != UdpSender.NO_ROOM) {
            Words.copy(burst.memory(i), burst.offset(i), sender.memory(), at, burst.length(i));
            sender.commit();
        }
    }
}
