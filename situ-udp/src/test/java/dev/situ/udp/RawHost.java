package dev.situ.udp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.Words;
import dev.situ.packet.Packet;
import dev.situ.packet.PacketBurst;
import dev.situ.packet.PacketPool;
import dev.situ.packet.PcapReader;
import dev.situ.packet.Port;
import dev.situ.packet.PortQueue;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/// The other end of a wire, by hand: frames made byte by byte, independently of the code under test.
final class RawHost {
    static final long STACK_MAC = 0x02_00_00_00_00_01L;
    static final long HOST_MAC = 0x02_00_00_00_00_02L;
    static final long BROADCAST_MAC = 0xFFFF_FFFF_FFFFL;
    static final int STACK_IP = 0x0A00_0001;
    static final int HOST_IP = 0x0A00_0002;

    private final PacketPool pool;
    private final PortQueue queue;
    private final PacketBurst burst = new PacketBurst(32);

    RawHost(Port port) {
        this.pool = port.pool();
        this.queue = port.queue(0);
    }

    void send(byte[] frame) {
        long packet = pool.take();
        Packet.setLength(pool.memory(), packet, frame.length);
        Words.copyFrom(frame, 0, pool.memory(), Packet.data(pool.memory(), packet), frame.length);
        burst.add(packet);
        assertThat(queue.transmit(burst)).isEqualTo(1);
    }

    /// The frames that came by now.
    List<byte[]> received() {
        List<byte[]> frames = new ArrayList<>();
        while (queue.receive(burst) > 0) {
            for (int i = 0; i < burst.size(); i++) {
                long packet = burst.packet(i);
                byte[] bytes = new byte[Packet.length(pool.memory(), packet)];
                Words.copyTo(pool.memory(), Packet.data(pool.memory(), packet), bytes, 0, bytes.length);
                frames.add(bytes);
            }
            pool.releaseAll(burst);
        }
        return frames;
    }

    byte[] receivedOne() {
        List<byte[]> frames = received();
        assertThat(frames).hasSize(1);
        return frames.getFirst();
    }

    static byte[] ethernet(long destination, long source, int type, byte[] payload) {
        ByteBuffer b = ByteBuffer.allocate(14 + payload.length);
        mac(b, destination);
        mac(b, source);
        return b.putShort((short) type).put(payload).array();
    }

    static byte[] arp(int operation, long senderMac, int senderIp, long targetMac, int targetIp) {
        ByteBuffer b = ByteBuffer.allocate(28);
        b.putShort((short) 1)
                .putShort((short) 0x0800)
                .put((byte) 6)
                .put((byte) 4)
                .putShort((short) operation);
        mac(b, senderMac);
        b.putInt(senderIp);
        mac(b, targetMac);
        b.putInt(targetIp);
        return ethernet(operation == 1 ? BROADCAST_MAC : STACK_MAC, senderMac, 0x0806, b.array());
    }

    /// The host's question for the stack's address.
    static byte[] arpRequest() {
        return arp(1, HOST_MAC, HOST_IP, 0, STACK_IP);
    }

    /// The host's answer to the stack.
    static byte[] arpReply() {
        return arp(2, HOST_MAC, HOST_IP, STACK_MAC, STACK_IP);
    }

    static byte[] ipv4(int source, int destination, int protocol, byte[] options, byte[] payload) {
        int header = 20 + options.length;
        ByteBuffer b = ByteBuffer.allocate(header + payload.length);
        b.put((byte) (0x40 | header / 4)).put((byte) 0).putShort((short) (header + payload.length));
        b.putShort((short) 7)
                .putShort((short) 0)
                .put((byte) 64)
                .put((byte) protocol)
                .putShort((short) 0);
        b.putInt(source).putInt(destination).put(options).put(payload);
        b.putShort(10, (short) ~sum(Arrays.copyOf(b.array(), header)));
        return ethernet(STACK_MAC, HOST_MAC, 0x0800, b.array());
    }

    static byte[] udp(int source, int sourcePort, int destinationPort, byte[] payload) {
        return ipv4(source, STACK_IP, 17, new byte[0], udpOnly(source, STACK_IP, sourcePort, destinationPort, payload));
    }

    static byte[] udp(int sourcePort, int destinationPort, byte[] payload) {
        return udp(HOST_IP, sourcePort, destinationPort, payload);
    }

    static byte[] udpOnly(int source, int destination, int sourcePort, int destinationPort, byte[] payload) {
        int length = 8 + payload.length;
        ByteBuffer b = ByteBuffer.allocate(12 + length);
        b.putInt(source).putInt(destination).putShort((short) 17).putShort((short) length);
        b.putShort((short) sourcePort)
                .putShort((short) destinationPort)
                .putShort((short) length)
                .putShort((short) 0);
        b.put(payload);
        int checksum = ~sum(b.array()) & 0xFFFF;
        b.putShort(18, (short) (checksum == 0 ? 0xFFFF : checksum));
        return Arrays.copyOfRange(b.array(), 12, 12 + length);
    }

    static byte[] ping(int type, byte[] data) {
        ByteBuffer b = ByteBuffer.allocate(8 + data.length);
        b.put((byte) type)
                .put((byte) 0)
                .putShort((short) 0)
                .putShort((short) 77)
                .putShort((short) 3)
                .put(data);
        b.putShort(2, (short) ~sum(b.array()));
        return ipv4(HOST_IP, STACK_IP, 1, new byte[0], b.array());
    }

    /// Frames that two Linux kernels exchanged, of which one had the stack's addresses and one the host's.
    static List<byte[]> kernels() {
        List<byte[]> frames = new ArrayList<>();
        try (PcapReader reader = PcapReader.open(Path.of(
                Objects.requireNonNull(RawHost.class.getResource("kernel.pcap")).toURI()))) {
            while (reader.next()) {
                byte[] frame = new byte[reader.length()];
                Words.copyTo(reader.memory(), reader.offset(), frame, 0, frame.length);
                frames.add(frame);
            }
        } catch (IOException | URISyntaxException e) {
            throw new IllegalStateException(e);
        }
        return frames;
    }

    static byte[] with(byte[] frame, int at, int value) {
        byte[] changed = frame.clone();
        changed[at] = (byte) value;
        return changed;
    }

    /// The one's complement sum, word for word as RFC 1071 defines it.
    static int sum(byte[] bytes) {
        int sum = 0;
        for (int i = 0; i < bytes.length; i++) {
            sum += (bytes[i] & 0xFF) << (i % 2 == 0 ? 8 : 0);
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return sum;
    }

    /// Checks every length and checksum of a frame with a datagram of the stack, and gives its payload.
    static byte[] payload(byte[] frame, long destinationMac, int destination, int sourcePort, int destinationPort) {
        ByteBuffer b = ByteBuffer.wrap(frame);
        assertThat(mac(b, 0)).isEqualTo(destinationMac);
        assertThat(mac(b, 6)).isEqualTo(STACK_MAC);
        assertThat(b.getShort(12)).isEqualTo((short) 0x0800);
        assertThat(b.get(14)).isEqualTo((byte) 0x45);
        assertThat(b.getShort(16)).isEqualTo((short) (frame.length - 14));
        assertThat(sum(Arrays.copyOfRange(frame, 14, 34))).as("IPv4 checksum").isEqualTo(0xFFFF);
        assertThat(b.get(23)).isEqualTo((byte) 17);
        assertThat(b.getInt(26)).isEqualTo(STACK_IP);
        assertThat(b.getInt(30)).isEqualTo(destination);
        assertThat(b.getShort(34) & 0xFFFF).isEqualTo(sourcePort);
        assertThat(b.getShort(36) & 0xFFFF).isEqualTo(destinationPort);
        assertThat(b.getShort(38)).isEqualTo((short) (frame.length - 34));
        byte[] payload = Arrays.copyOfRange(frame, 42, frame.length);
        byte[] expected = udpOnly(STACK_IP, destination, sourcePort, destinationPort, payload);
        assertThat(HexFormat.of().formatHex(frame, 34, 42))
                .as("UDP header")
                .isEqualTo(HexFormat.of().formatHex(expected, 0, 8));
        return payload;
    }

    static long mac(byte[] frame, int at) {
        return mac(ByteBuffer.wrap(frame), at);
    }

    private static long mac(ByteBuffer b, int at) {
        return (b.getShort(at) & 0xFFFFL) << 32 | (b.getInt(at + 2) & 0xFFFF_FFFFL);
    }

    private static void mac(ByteBuffer b, long mac) {
        b.putShort((short) (mac >>> 32)).putInt((int) mac);
    }

    static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + 7);
        }
        return bytes;
    }
}
