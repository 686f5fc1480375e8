package dev.situ.examples;

import dev.situ.memory.Consumes;
import dev.situ.packet.Port;
import dev.situ.packet.Ports;
import dev.situ.udp.PortStackOptions;
import dev.situ.udp.PortUdpStack;
import dev.situ.udp.UdpBurst;
import dev.situ.udp.UdpSender;
import dev.situ.udp.UdpStack;
import java.io.IOException;
import java.net.InetSocketAddress;

/// A UDP echo server in user space, over a port that is named when it starts:
///
/// ```
/// EchoServer pcap:requests.pcap,replies.pcap 10.0.0.1/24 7
/// ```
///
/// It answers ARP and `ping`, too. A datagram goes back from the packet that brought it, without a copy, if the port
/// sends chains.
public final class EchoServer {
    private EchoServer() {}

    /// Serves until it is killed.
    ///
    /// @param args the port, the server's address with its prefix, and the UDP port
    public static void main(String[] args) {
        Example.run("EchoServer <port> <address/prefix> <udp port>", args, 3, () -> {
            try (UdpStack stack = start(Ports.open(args[0]), args[1], Example.udpPort(args[2]))) {
                while (true) {
                    stack.queue(0).poll();
                }
            }
        });
    }

    /// A stack with the echo handler bound. Consumes the port.
    static UdpStack start(@Consumes Port port, String address, int udpPort) throws IOException {
        UdpStack stack = new PortUdpStack(port, PortStackOptions.at(address));
        stack.bind(new InetSocketAddress(udpPort), EchoServer::echo);
        return stack;
    }

    private static void echo(UdpBurst burst, UdpSender sender) {
        for (int i = 0; i < burst.size(); i++) {
            sender.send(burst.peer(i), burst.memory(i), burst.offset(i), burst.length(i));
        }
    }
}
