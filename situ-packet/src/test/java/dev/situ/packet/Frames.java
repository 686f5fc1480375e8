package dev.situ.packet;

import dev.situ.memory.Words;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/// Frames made byte by byte, independently of the code under test; and ways to get bytes into packets and out.
final class Frames {
    static final long OWN_MAC = 0x02_00_00_00_00_01L;
    static final long PEER_MAC = 0x02_00_00_00_00_02L;
    static final int OWN_IP = 0x0A00_0001;
    static final int PEER_IP = 0x0A00_0002;

    private Frames() {}

    static byte[] ethernet(int type, byte[] payload) {
        ByteBuffer b = ByteBuffer.allocate(14 + payload.length);
        mac(b, OWN_MAC);
        mac(b, PEER_MAC);
        return b.putShort((short) type).put(payload).array();
    }

    static byte[] vlan(int id, byte[] untagged) {
        ByteBuffer b = ByteBuffer.allocate(untagged.length + 4);
        b.put(untagged, 0, 12).putShort((short) 0x8100).putShort((short) (5 << 13 | id));
        return b.put(untagged, 12, untagged.length - 12).array();
    }

    static byte[] arp(int operation) {
        ByteBuffer b = ByteBuffer.allocate(28);
        b.putShort((short) 1)
                .putShort((short) 0x0800)
                .put((byte) 6)
                .put((byte) 4)
                .putShort((short) operation);
        mac(b, PEER_MAC);
        b.putInt(PEER_IP);
        mac(b, 0);
        return ethernet(0x0806, b.putInt(OWN_IP).array());
    }

    static byte[] ipv4(int protocol, byte[] options, byte[] payload) {
        int header = 20 + options.length;
        ByteBuffer b = ByteBuffer.allocate(header + payload.length);
        b.put((byte) (0x40 | header / 4)).put((byte) 0).putShort((short) (header + payload.length));
        b.putShort((short) 7)
                .putShort((short) 0x4000)
                .put((byte) 64)
                .put((byte) protocol)
                .putShort((short) 0);
        b.putInt(PEER_IP).putInt(OWN_IP).put(options).put(payload);
        b.putShort(10, (short) ~naiveSum(Arrays.copyOf(b.array(), header)));
        return ethernet(0x0800, b.array());
    }

    static byte[] udp(int sourcePort, int destinationPort, byte[] payload) {
        return ipv4(17, new byte[0], udpOnly(sourcePort, destinationPort, payload));
    }

    static byte[] udpOnly(int sourcePort, int destinationPort, byte[] payload) {
        int length = 8 + payload.length;
        ByteBuffer b = ByteBuffer.allocate(12 + length);
        b.putInt(PEER_IP).putInt(OWN_IP).putShort((short) 17).putShort((short) length);
        b.putShort((short) sourcePort)
                .putShort((short) destinationPort)
                .putShort((short) length)
                .putShort((short) 0);
        b.put(payload);
        int checksum = ~naiveSum(b.array()) & 0xFFFF;
        b.putShort(18, (short) (checksum == 0 ? 0xFFFF : checksum));
        return Arrays.copyOfRange(b.array(), 12, 12 + length);
    }

    static byte[] ping(int identifier, int sequence, byte[] data) {
        ByteBuffer b = ByteBuffer.allocate(8 + data.length);
        b.put((byte) 8).put((byte) 0).putShort((short) 0);
        b.putShort((short) identifier).putShort((short) sequence).put(data);
        b.putShort(2, (short) ~naiveSum(b.array()));
        return ipv4(1, new byte[0], b.array());
    }

    /// The one's complement sum, word for word as RFC 1071 defines it.
    static int naiveSum(byte[] bytes) {
        int sum = 0;
        for (int i = 0; i < bytes.length; i++) {
            sum += (bytes[i] & 0xFF) << (i % 2 == 0 ? 8 : 0);
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return sum;
    }

    /// Frames that two Linux kernels exchanged.
    static Path kernels() {
        try {
            return Path.of(Objects.requireNonNull(Frames.class.getResource("kernel.pcap"))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void mac(ByteBuffer b, long mac) {
        b.putShort((short) (mac >>> 32)).putInt((int) mac);
    }

    /// A fresh packet of these bytes. The caller holds it.
    static long packet(PacketSupply supply, byte[] bytes) {
        long packet = supply.take();
        Packet.setLength(supply.memory(), packet, bytes.length);
        Words.copyFrom(bytes, 0, supply.memory(), Packet.data(supply.memory(), packet), bytes.length);
        return packet;
    }

    /// The bytes of all segments.
    static byte[] bytes(PacketSupply supply, long packet) {
        byte[] all = new byte[Packet.totalLength(supply.memory(), packet)];
        int at = 0;
        for (long s = packet; s != Packet.NONE; s = Packet.next(supply.memory(), s)) {
            int length = Packet.length(supply.memory(), s);
            Words.copyTo(supply.memory(), Packet.data(supply.memory(), s), all, at, length);
            at += length;
        }
        return all;
    }

    static byte[] payload(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + 7);
        }
        return bytes;
    }
}
