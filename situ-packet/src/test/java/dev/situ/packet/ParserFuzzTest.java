package dev.situ.packet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.Words;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Mutates real frames and reads them with every parser. A read outside of the packet is found because each packet
/// lies twice in memory, with different bytes around it: what is read must be the same.
@Timeout(120)
class ParserFuzzTest {
    private static final long SEED = Long.getLong("situ.seed", 20261126);
    private static final int RUNS = Integer.getInteger("situ.fuzz.runs", 150_000);

    private static final List<byte[]> MADE = List.of(
            Frames.udp(5000, 7, Frames.payload(100)),
            Frames.udp(0, 0, new byte[0]),
            Frames.udp(5000, 7, Frames.payload(1472)),
            Frames.ping(1, 2, Frames.payload(56)),
            Frames.arp(1),
            Frames.arp(2),
            Frames.vlan(7, Frames.udp(5000, 7, Frames.payload(10))),
            Frames.vlan(1, Frames.vlan(2, Frames.arp(1))),
            Frames.vlan(1, Frames.vlan(2, Frames.vlan(3, Frames.ping(1, 1, new byte[8])))),
            Frames.ipv4(
                    17,
                    HexFormat.of().parseHex("01010194040000830704000000000000"),
                    Frames.udpOnly(1, 2, Frames.payload(9))),
            Arrays.copyOf(Frames.udp(1, 2, new byte[1]), 60));

    /// The frames above, and a conversation of two Linux kernels over a veth: ARP, pings with and without options
    /// and in fragments, datagrams of many sizes, with a source route, without a checksum, to everyone and to a
    /// group, TCP and IPv6.
    private static final List<byte[]> REAL = withKernels(MADE);

    private static List<byte[]> withKernels(List<byte[]> made) {
        List<byte[]> all = new ArrayList<>(made);
        try (PcapReader reader = PcapReader.open(Frames.kernels())) {
            while (reader.next()) {
                byte[] frame = new byte[reader.length()];
                Words.copyTo(reader.memory(), reader.offset(), frame, 0, frame.length);
                all.add(frame);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.copyOf(all);
    }

    @Test
    void noParserReadsOutsideOfThePacket() {
        Random random = new Random(SEED);
        Map<ParseFailure, Integer> failures = new EnumMap<>(ParseFailure.class);
        try (SoftwarePacketPool pool = SoftwarePacketPool.of(4, 128 + 9600, false)) {
            Frame first = new Frame(pool.memory());
            Frame second = new Frame(pool.memory());
            long one = pool.take();
            long two = pool.take();
            for (int run = 0; run < RUNS; run++) {
                byte[] bytes = mutate(REAL.get(random.nextInt(REAL.size())).clone(), random);
                place(pool.memory(), one, bytes, 0x00);
                place(pool.memory(), two, bytes, 0xFF);
                long a = readAll(first.open(one), Packet.data(pool.memory(), one), bytes.length);
                long b = readAll(second.open(two), Packet.data(pool.memory(), two), bytes.length);
                assertThat(a)
                        .as(
                                "-Dsitu.seed=%d run %d: %s",
                                SEED, run, HexFormat.of().formatHex(bytes))
                        .isEqualTo(b);
                assertThat(first.failure()).isEqualTo(second.failure());
                failures.merge(first.failure(), 1, Integer::sum);
            }
            pool.release(one);
            pool.release(two);
        }
        assertThat(failures.keySet()).as("every failure was met").contains(ParseFailure.values());
    }

    @Test
    void aDatagramIsPlainIfAndOnlyIfTheViewsSaySo() {
        Random random = new Random(SEED);
        int[] met = new int[2];
        try (SoftwarePacketPool pool = SoftwarePacketPool.of(4, 128 + 9600, false)) {
            Frame frame = new Frame(pool.memory());
            PlainUdp plain = new PlainUdp(pool.memory());
            long packet = pool.take();
            for (int run = 0; run < RUNS; run++) {
                byte[] bytes = mutate(REAL.get(random.nextInt(REAL.size())).clone(), random);
                if (random.nextBoolean()) {
                    mendSums(bytes);
                }
                place(pool.memory(), packet, bytes, 0x55);
                Udp udp = plainByViews(frame.open(packet));
                boolean read = plain.read(packet, Frames.OWN_MAC);
                assertThat(read)
                        .as(
                                "-Dsitu.seed=%d run %d: %s",
                                SEED, run, HexFormat.of().formatHex(bytes))
                        .isEqualTo(udp != null);
                if (udp != null) {
                    assertThat(plain.source()).isEqualTo(udp.ip().source());
                    assertThat(plain.destination()).isEqualTo(udp.ip().destination());
                    assertThat(plain.sourcePort()).isEqualTo(udp.sourcePort());
                    assertThat(plain.destinationPort()).isEqualTo(udp.destinationPort());
                    assertThat(plain.payloadOffset()).isEqualTo(udp.payloadOffset());
                    assertThat(plain.payloadLength()).isEqualTo(udp.payloadLength());
                }
                met[read ? 1 : 0]++;
            }
            pool.release(packet);
        }
        assertThat(met[0]).as("not plain").isGreaterThan(RUNS / 100);
        assertThat(met[1]).as("plain").isGreaterThan(RUNS / 100);
    }

    private static @Nullable Udp plainByViews(Frame frame) {
        Ethernet ethernet = frame.ethernet();
        Ipv4 ip = ethernet == null || ethernet.destination() != Frames.OWN_MAC ? null : ethernet.ipv4();
        if (ip == null || ip.headerBytes() != Ipv4.MIN_BYTES || !ip.isChecksumRight()) {
            return null;
        }
        Udp udp = ip.udp();
        return udp != null && udp.isChecksumRight() ? udp : null;
    }

    /// Computes the checksum of an IPv4 header without options anew, and says that there is none of UDP.
    private static void mendSums(byte[] bytes) {
        if (bytes.length >= 42) {
            bytes[24] = 0;
            bytes[25] = 0;
            int sum = ~Frames.naiveSum(Arrays.copyOfRange(bytes, 14, 34));
            bytes[24] = (byte) (sum >>> 8);
            bytes[25] = (byte) sum;
            bytes[40] = 0;
            bytes[41] = 0;
        }
    }

    /// Fills the whole buffer with `around`, and puts the bytes in.
    private static void place(MemorySegment memory, long packet, byte[] bytes, int around) {
        Packet.setLength(memory, packet, 0);
        long at = Packet.data(memory, packet);
        int near = Math.min(9500, bytes.length + 256);
        memory.asSlice(at - 128, 128L + near).fill((byte) around);
        Packet.setLength(memory, packet, bytes.length);
        Words.copyFrom(bytes, 0, memory, at, bytes.length);
    }

    private static byte[] mutate(byte[] frame, Random random) {
        byte[] bytes = frame;
        int changes = random.nextInt(5);
        for (int i = 0; i < changes; i++) {
            if (bytes.length == 0) {
                return bytes;
            }
            // Headers are where the interesting bytes are.
            int at = random.nextInt(random.nextInt(4) == 0 ? bytes.length : Math.min(bytes.length, 46));
            switch (random.nextInt(7)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt();
                case 2 -> bytes[at] = (byte) (random.nextBoolean() ? 0 : 0xFF);
                case 3 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
                case 4 -> bytes = Arrays.copyOf(bytes, bytes.length + random.nextInt(64));
                case 5 -> bytes = random.nextInt(50) == 0 ? Arrays.copyOf(bytes, 9000) : Arrays.copyOf(bytes, at);
                default -> {
                    // The lengths that lie are those of IPv4 and UDP.
                    int field = random.nextBoolean() ? 16 : 38;
                    if (bytes.length > field + 1) {
                        int lie = random.nextInt(4) == 0 ? random.nextInt() : bytes.length - 14 + random.nextInt(9) - 4;
                        bytes[field] = (byte) (lie >>> 8);
                        bytes[field + 1] = (byte) lie;
                    }
                }
            }
        }
        return bytes;
    }

    /// Reads everything that any view gives, and checks that no layer reaches out of the one around it.
    private static long readAll(Frame frame, long start, int length) {
        Ethernet ethernet = frame.ethernet();
        if (ethernet == null) {
            return 1;
        }
        assertThat(ethernet.offset()).isEqualTo(start);
        assertThat(ethernet.end()).isEqualTo(start + length);
        long h = ethernet.source() * 31 + ethernet.destination();
        LinkHeader link = ethernet;
        while (link.type() == LinkHeader.VLAN || link.type() == LinkHeader.QINQ) {
            Vlan vlan = link.vlan();
            if (vlan == null) {
                return h;
            }
            h = h * 31 + vlan.id() + vlan.priority();
            link = vlan;
        }
        h = h * 31 + link.payloadLength();
        if (link.type() == LinkHeader.ARP) {
            Arp arp = link.arp();
            return arp == null
                    ? h
                    : h * 31 + arp.operation() + arp.senderIp() + arp.senderMac() + arp.targetIp() + arp.targetMac();
        }
        Ipv4 ip = link.ipv4();
        return ip == null ? h : readIp(ip, h, start + length);
    }

    private static long readIp(Ipv4 ip, long before, long end) {
        assertThat(ip.end()).isLessThanOrEqualTo(end);
        assertThat(ip.payloadLength()).isNotNegative();
        long h = before * 31 + ip.source() + ip.destination() + ip.totalLength() + ip.headerBytes() + ip.timeToLive();
        h = h * 31 + ip.typeOfService() + ip.identification() + ip.checksum() + (ip.isChecksumRight() ? 1 : 0);
        Ipv4Options options = ip.options();
        while (options.next()) {
            assertThat(options.dataOffset() + options.dataLength()).isLessThanOrEqualTo(ip.payloadOffset());
            h = h * 31 + options.kind() + Checksum.sum(ip.memory, options.dataOffset(), options.dataLength());
        }
        h = h * 31 + (options.isMalformed() ? 1 : 0);
        if (ip.protocol() == Ipv4.ICMP) {
            Icmp icmp = ip.icmp();
            return icmp == null
                    ? h
                    : h * 31 + icmp.type() + icmp.code() + icmp.sequence() + (icmp.isChecksumRight() ? 1 : 0);
        }
        Udp udp = ip.udp();
        if (udp == null) {
            return h;
        }
        assertThat(udp.end()).isLessThanOrEqualTo(ip.end());
        h = h * 31 + udp.sourcePort() + udp.destinationPort() + (udp.isChecksumRight() ? 1 : 0);
        return h * 31 + Checksum.sum(ip.memory, udp.payloadOffset(), udp.payloadLength());
    }

    @Test
    void noFlowIsLookedForOutsideOfTheFrame() {
        Random random = new Random(SEED);
        MemorySegment memory = Arena.ofAuto().allocate(20_000);
        for (int run = 0; run < RUNS / 3; run++) {
            byte[] bytes = mutate(REAL.get(random.nextInt(REAL.size())).clone(), random);
            int[] hashes = new int[2];
            for (int i = 0; i < 2; i++) {
                memory.asSlice(0, bytes.length + 200L).fill((byte) -i);
                Words.copyFrom(bytes, 0, memory, 100, bytes.length);
                hashes[i] = FlowHash.of(memory, 100, bytes.length);
            }
            assertThat(hashes[0])
                    .as("-Dsitu.seed=%d run %d", SEED, run)
                    .isEqualTo(hashes[1])
                    .isNotNegative();
        }
    }
}
