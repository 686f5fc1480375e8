package dev.situ.bench.dpdk;

import dev.situ.packet.Ethernet;
import dev.situ.packet.Ipv4;
import dev.situ.packet.Ipv4Address;
import dev.situ.packet.LinkHeader;
import dev.situ.packet.MacAddress;
import dev.situ.packet.Packet;
import dev.situ.packet.PacketBurst;
import dev.situ.packet.PacketCache;
import dev.situ.packet.Port;
import dev.situ.packet.PortQueue;
import dev.situ.packet.Udp;
import java.lang.foreign.MemorySegment;

/// The datagrams of [DatagramLine] without a UDP stack: each in a fresh packet, and of what comes the payload is read
/// where it has to be. What both do alike is to write headers and questions and to look at answers.
final class BareUdpLine implements Line {
    static final int HEADERS = Ethernet.BYTES + Ipv4.MIN_BYTES + Udp.BYTES;

    private final Question question;
    private final long mac;
    private final int local;
    private final int server;
    private final int port;
    private final PortQueue queue;
    private final PacketCache cache;
    private final MemorySegment memory;
    private final PacketBurst asked = new PacketBurst(FrameLine.BURST);
    private final PacketBurst burst = new PacketBurst(FrameLine.BURST);
    private int number;

    /// @param local,server addresses of both ends
    /// @param udpPort of both ends
    BareUdpLine(Port port, String local, String server, int udpPort, Question question) {
        this.question = question;
        this.mac = port.mac();
        this.local = Ipv4Address.parse(local);
        this.server = Ipv4Address.parse(server);
        this.port = udpPort;
        this.queue = port.queue(0);
        this.cache = queue.cache();
        this.memory = cache.memory();
    }

    @Override
    public void send(int count) {
        for (int i = 0; i < count; i++) {
            asked.add(fresh());
            number = number + 1 & Integer.MAX_VALUE;
            if (asked.room() == 0) {
                FrameLine.transmitAll(queue, asked);
            }
        }
        FrameLine.transmitAll(queue, asked);
    }

    private long fresh() {
        long packet = FrameLine.take(cache);
        int length = question.length(number);
        Packet.setLength(memory, packet, HEADERS + length);
        long at = Packet.data(memory, packet);
        Ethernet.write(memory, at, MacAddress.BROADCAST, mac, LinkHeader.IPV4);
        long ip = at + Ethernet.BYTES;
        Ipv4.write(memory, ip, Ipv4.MIN_BYTES + Udp.BYTES + length, Ipv4.UDP, local, server);
        Udp.write(memory, ip + Ipv4.MIN_BYTES, port, port, Udp.BYTES + length, 0);
        question.write(memory, at + HEADERS, number);
        return packet;
    }

    /// @throws IllegalStateException if the server sent something else than answers
    @Override
    public int poll() {
        queue.receive(burst);
        int answers = burst.size();
        for (int i = 0; i < answers; i++) {
            long packet = burst.packet(i);
            int length = Packet.length(memory, packet) - HEADERS;
            if (!question.isAnswer(memory, Packet.data(memory, packet) + HEADERS, length)) {
                throw new IllegalStateException("a frame of " + (HEADERS + length) + " bytes is no answer");
            }
        }
        cache.releaseAll(burst);
        return answers;
    }

    /// Gives back what is held.
    void close() {
        cache.releaseAll(asked);
        cache.releaseAll(burst);
    }
}
