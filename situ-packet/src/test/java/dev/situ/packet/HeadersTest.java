package dev.situ.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.situ.memory.Words;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HeadersTest {
    private final SoftwarePacketPool pool = SoftwarePacketPool.of(16);
    private final MemorySegment m = pool.memory();
    private final Frame frame = new Frame(m);
    private final PacketBurst held = new PacketBurst(16);

    @AfterEach
    void noPacketIsLost() {
        pool.releaseAll(held);
        pool.close();
    }

    private Frame open(byte[] bytes) {
        held.add(Frames.packet(pool, bytes));
        return frame.open(held.packet(held.size() - 1));
    }

    private static <T> T there(@Nullable T header) {
        return Objects.requireNonNull(header);
    }

    private Ipv4 ip(byte[] bytes) {
        return there(there(open(bytes).ethernet()).ipv4());
    }

    private byte[] sent() {
        return Frames.bytes(pool, frame.packet());
    }

    @Test
    void fieldsAreReadByName() {
        Udp udp = there(ip(Frames.udp(5000, 53, Frames.payload(11))).udp());
        Ethernet ethernet = there(frame.ethernet());
        assertThat(MacAddress.toString(ethernet.source())).isEqualTo("02:00:00:00:00:02");
        assertThat(MacAddress.toString(ethernet.destination())).isEqualTo("02:00:00:00:00:01");
        assertThat(ethernet.payloadLength()).isEqualTo(20 + 8 + 11);
        assertThat(Ipv4Address.toString(udp.ip().source())).isEqualTo("10.0.0.2");
        assertThat(Ipv4Address.toString(udp.ip().destination())).isEqualTo("10.0.0.1");
        assertThat(udp.ip().timeToLive()).isEqualTo(64);
        assertThat(udp.ip().identification()).isEqualTo(7);
        assertThat(udp.ip().isFragment()).isFalse();
        assertThat(udp.ip().isChecksumRight()).isTrue();
        assertThat(udp.sourcePort()).isEqualTo(5000);
        assertThat(udp.destinationPort()).isEqualTo(53);
        assertThat(udp.payloadLength()).isEqualTo(11);
        assertThat(Words.getByte(m, udp.payloadOffset())).isEqualTo((byte) 7);
        assertThat(udp.isChecksumRight()).isTrue();
        Words.setByte(m, udp.payloadOffset(), (byte) 8);
        assertThat(udp.isChecksumRight()).isFalse();
        udp.refreshChecksum();
        assertThat(udp.isChecksumRight()).isTrue();
    }

    @Test
    void anArpMessageIsReadAndWritten() {
        Arp arp = there(there(open(Frames.arp(Arp.REQUEST)).ethernet()).arp());
        assertThat(arp.operation()).isEqualTo(Arp.REQUEST);
        assertThat(arp.senderMac()).isEqualTo(Frames.PEER_MAC);
        assertThat(arp.senderIp()).isEqualTo(Frames.PEER_IP);
        assertThat(arp.targetMac()).isZero();
        assertThat(arp.targetIp()).isEqualTo(Frames.OWN_IP);
        Arp.write(m, arp.offset(), Arp.REQUEST, Frames.PEER_MAC, Frames.PEER_IP, 0, Frames.OWN_IP);
        assertThat(sent()).isEqualTo(Frames.arp(Arp.REQUEST));
    }

    @Test
    void whatIsWrittenIsWhatOthersWrite() {
        byte[] payload = Frames.payload(33);
        byte[] expected = Frames.udp(1, 65535, payload);
        expected[19] = 0; // the identification, which we leave out
        int checksum = Frames.naiveSum(Arrays.copyOfRange(expected, 14, 24))
                + Frames.naiveSum(Arrays.copyOfRange(expected, 26, 34));
        checksum = ~((checksum & 0xFFFF) + (checksum >>> 16));
        expected[24] = (byte) (checksum >>> 8);
        expected[25] = (byte) checksum;
        open(new byte[42 + 33]);
        long at = Packet.data(m, frame.packet());
        Words.copyFrom(payload, 0, m, at + 42, 33);
        Ethernet.write(m, at, Frames.OWN_MAC, Frames.PEER_MAC, LinkHeader.IPV4);
        Ipv4.write(m, at + 14, 61, Ipv4.UDP, Frames.PEER_IP, Frames.OWN_IP);
        Udp.write(m, at + 34, 1, 65535, 41, 0);
        int sum = Checksum.add(
                Checksum.pseudoHeader(Frames.PEER_IP, Frames.OWN_IP, Ipv4.UDP, 41), Checksum.sum(m, at + 34, 41));
        Udp.write(m, at + 34, 1, 65535, 41, Udp.checksumOf(sum));
        assertThat(HexFormat.of().formatHex(sent())).isEqualTo(HexFormat.of().formatHex(expected));
    }

    @Test
    void aPingIsTurnedIntoItsReply() {
        Icmp icmp = there(ip(Frames.ping(77, 3, Frames.payload(56))).icmp());
        assertThat(icmp.type()).isEqualTo(Icmp.ECHO_REQUEST);
        assertThat(icmp.identifier()).isEqualTo(77);
        assertThat(icmp.sequence()).isEqualTo(3);
        assertThat(icmp.isChecksumRight()).isTrue();
        icmp.turnIntoReply();
        assertThat(icmp.type()).isEqualTo(Icmp.ECHO_REPLY);
        assertThat(icmp.isChecksumRight()).isTrue();
        icmp.ip().swapAddresses();
        icmp.ip().setTimeToLive(9);
        assertThat(icmp.ip().isChecksumRight()).isTrue();
        assertThat(icmp.ip().source()).isEqualTo(Frames.OWN_IP);
    }

    @Test
    void tagsAreOpenedOneByOneUpToTwo() {
        byte[] plain = Frames.udp(1, 2, new byte[3]);
        Vlan outer = there(
                there(open(Frames.vlan(7, Frames.vlan(4095, plain))).ethernet()).vlan());
        assertThat(outer.id()).isEqualTo(7);
        assertThat(outer.priority()).isEqualTo(5);
        assertThat(outer.ipv4()).isNull();
        Vlan inner = there(outer.vlan());
        assertThat(inner.id()).isEqualTo(4095);
        assertThat(inner.tags()).isEqualTo(2);
        assertThat(there(there(inner.ipv4()).udp()).destinationPort()).isEqualTo(2);
        Vlan second = there(there(there(open(Frames.vlan(1, Frames.vlan(2, Frames.vlan(3, plain))))
                                .ethernet())
                        .vlan())
                .vlan());
        assertThat(second.vlan()).isNull();
        assertThat(frame.failure()).isEqualTo(ParseFailure.TOO_DEEP);
    }

    @Test
    void natKeepsChecksumsRight() {
        Udp udp = there(ip(Frames.udp(5000, 53, Frames.payload(12))).udp());
        udp.ip().setSource(0x7B2D_4301);
        udp.addressChanged(Frames.PEER_IP, 0x7B2D_4301);
        udp.setSourcePort(61_000);
        udp.setDestinationPort(1053);
        assertThat(udp.ip().isChecksumRight()).isTrue();
        assertThat(udp.isChecksumRight()).isTrue();
        assertThat(udp.sourcePort()).isEqualTo(61_000);
    }

    @Test
    void aMissingUdpChecksumStaysMissing() {
        byte[] bytes = Frames.udp(5000, 53, Frames.payload(12));
        bytes[40] = 0;
        bytes[41] = 0;
        Udp udp = there(ip(bytes).udp());
        assertThat(udp.isChecksumRight()).isTrue();
        udp.setSourcePort(1);
        udp.addressChanged(1, 2);
        assertThat(udp.checksum()).isZero();
    }

    @Test
    void paddingBelongsToNoLayer() {
        byte[] padded = Arrays.copyOf(Frames.udp(1, 2, new byte[1]), 60);
        Udp udp = there(ip(padded).udp());
        assertThat(udp.payloadLength()).isEqualTo(1);
        assertThat(udp.isChecksumRight()).isTrue();
        assertThat(udp.ip().payloadLength()).isEqualTo(9);
    }

    @Test
    void optionsAreWalked() {
        byte[] options = HexFormat.of().parseHex("01" + "0703FF" + "94040000" + "83070400000000" + "00");
        Ipv4 ip = ip(Frames.ipv4(17, options, Frames.udpOnly(1, 2, new byte[4])));
        assertThat(ip.headerBytes()).isEqualTo(36);
        assertThat(there(ip.udp()).payloadLength()).isEqualTo(4);
        List<String> seen = new ArrayList<>();
        Ipv4Options walk = ip.options();
        while (walk.next()) {
            seen.add(walk.kind() + "/" + walk.dataLength());
        }
        assertThat(seen).containsExactly("7/1", "148/2", "131/5");
        assertThat(walk.isMalformed()).isFalse();
        assertThat(ip.options().areHarmless()).as("a source route").isFalse();
    }

    @Test
    void optionsThatLieEndTheList() {
        for (String lie : List.of("07000000", "07010000", "07050000", "01010107")) {
            Ipv4 ip = ip(Frames.ipv4(17, HexFormat.of().parseHex(lie), new byte[8]));
            Ipv4Options walk = ip.options();
            assertThat(walk.next()).as(lie).isFalse();
            assertThat(walk.isMalformed()).as(lie).isTrue();
            assertThat(ip.options().areHarmless()).as(lie).isFalse();
        }
    }

    private void expectEthernet(ParseFailure failure, byte[] bytes) {
        assertThat(open(bytes).ethernet()).isNull();
        assertThat(frame.failure()).isEqualTo(failure);
    }

    private void expectIpv4(ParseFailure failure, byte[] bytes) {
        assertThat(there(open(bytes).ethernet()).ipv4()).isNull();
        assertThat(frame.failure()).isEqualTo(failure);
    }

    private void expectUdp(ParseFailure failure, byte[] bytes) {
        assertThat(ip(bytes).udp()).isNull();
        assertThat(frame.failure()).isEqualTo(failure);
    }

    private static byte[] with(byte[] bytes, int at, int value) {
        byte[] changed = bytes.clone();
        changed[at] = (byte) value;
        return changed;
    }

    @Test
    void whatCannotBeReadSaysWhy() {
        byte[] udp = Frames.udp(1, 2, new byte[20]);
        expectEthernet(ParseFailure.TRUNCATED, new byte[0]);
        expectEthernet(ParseFailure.TRUNCATED, new byte[13]);
        expectIpv4(ParseFailure.OTHER_PROTOCOL, Frames.arp(1));
        expectIpv4(ParseFailure.TRUNCATED, Arrays.copyOf(udp, 33));
        expectIpv4(ParseFailure.BAD_FIELD, with(udp, 14, 0x65));
        expectIpv4(ParseFailure.BAD_HEADER_LENGTH, with(udp, 14, 0x44));
        expectIpv4(ParseFailure.TRUNCATED, with(Frames.udp(1, 2, new byte[0]), 14, 0x4F));
        expectIpv4(ParseFailure.BAD_LENGTH, with(udp, 17, 49));
        expectIpv4(ParseFailure.BAD_LENGTH, with(udp, 17, 19));
        pool.releaseAll(held);
        expectUdp(ParseFailure.OTHER_PROTOCOL, Frames.ping(1, 1, new byte[0]));
        expectUdp(ParseFailure.FRAGMENT, with(udp, 20, 0x20));
        expectUdp(ParseFailure.FRAGMENT, with(udp, 21, 1));
        expectUdp(ParseFailure.TRUNCATED, Frames.ipv4(17, new byte[0], new byte[7]));
        expectUdp(ParseFailure.BAD_LENGTH, with(udp, 39, 7));
        expectUdp(ParseFailure.BAD_LENGTH, with(udp, 39, 29));
        assertThat(ip(Frames.ipv4(1, new byte[0], new byte[7])).icmp()).isNull();
        assertThat(frame.failure()).isEqualTo(ParseFailure.TRUNCATED);
        assertThat(there(open(with(Frames.arp(1), 18, 7)).ethernet()).arp()).isNull();
        assertThat(frame.failure()).isEqualTo(ParseFailure.BAD_FIELD);
        assertThat(there(open(Arrays.copyOf(Frames.arp(1), 41)).ethernet()).arp())
                .isNull();
        assertThat(frame.failure()).isEqualTo(ParseFailure.TRUNCATED);
    }

    @Test
    void whatKernelsSendIsRead() throws IOException {
        int datagrams = 0;
        int pings = 0;
        int arps = 0;
        int fragments = 0;
        int withOptions = 0;
        try (PcapReader reader = PcapReader.open(Frames.kernels())) {
            while (reader.next()) {
                byte[] bytes = new byte[reader.length()];
                Words.copyTo(reader.memory(), reader.offset(), bytes, 0, bytes.length);
                Ethernet ethernet = there(open(bytes).ethernet());
                arps += ethernet.arp() == null ? 0 : 1;
                Ipv4 ip = ethernet.ipv4();
                if (ip != null) {
                    assertThat(ip.isChecksumRight()).isTrue();
                    Udp udp = ip.udp();
                    datagrams += udp != null && udp.isChecksumRight() ? 1 : 0;
                    Icmp icmp = ip.icmp();
                    pings += icmp != null && icmp.type() == Icmp.ECHO_REQUEST && icmp.isChecksumRight() ? 1 : 0;
                    fragments += ip.isFragment() ? 1 : 0;
                    withOptions += ip.headerBytes() > 20 ? 1 : 0;
                    assertThat(ip.options().areHarmless()).isEqualTo(ip.headerBytes() != 28);
                }
                pool.releaseAll(held);
            }
        }
        assertThat(List.of(arps, pings, datagrams, fragments, withOptions)).containsExactly(4, 4, 9, 6, 5);
    }

    @Test
    void aViewIsNotUsedForTheNextPacket() {
        Ipv4 ip = ip(Frames.udp(1, 2, new byte[20]));
        open(Frames.udp(1, 2, new byte[20]));
        assertThatThrownBy(ip::source).isInstanceOf(IllegalStateException.class).hasMessageContaining("an earlier one");
    }

    @Test
    void aSharedPacketIsNotWrittenTo() {
        Ipv4 ip = ip(Frames.udp(1, 2, new byte[20]));
        pool.retain(frame.packet());
        assertThatThrownBy(() -> ip.setTimeToLive(1)).hasMessageContaining("a shared packet cannot be written to");
        pool.release(frame.packet());
        ip.setTimeToLive(1);
    }

    @Test
    void addressesAreReadAsPeopleWriteThem() {
        assertThat(MacAddress.parse("0a:00:FF:00:00:01")).isEqualTo(0x0A_00_FF_00_00_01L);
        assertThat(MacAddress.isUnicast(MacAddress.BROADCAST)).isFalse();
        assertThat(MacAddress.isUnicast(0)).isFalse();
        assertThat(MacAddress.isUnicast(Frames.OWN_MAC)).isTrue();
        for (String wrong : List.of("", "0a:00:ff:00:00", "0a-00-ff-00-00-01", "0a:00:ff:00:00:01:02")) {
            assertThatThrownBy(() -> MacAddress.parse(wrong)).hasMessage("not an Ethernet address: " + wrong);
        }
        assertThat(Ipv4Address.parse("192.168.0.255")).isEqualTo(0xC0A8_00FF);
        for (String wrong : List.of("", "1.2.3", "1.2.3.256", "1.2.3.4.5", "1.2.3.-4", "a.b.c.d", "1.2.3.")) {
            assertThatThrownBy(() -> Ipv4Address.parse(wrong)).hasMessage("not an IPv4 address: " + wrong);
        }
        assertThat(Ipv4Address.mask(24)).isEqualTo(0xFFFF_FF00);
        assertThat(Ipv4Address.mask(0)).isZero();
        assertThat(Ipv4Address.mask(32)).isEqualTo(-1);
        assertThat(Ipv4Address.isHost(Frames.OWN_IP)).isTrue();
        for (int none : new int[] {0, 0x7F00_0001, 0xE000_0001, -1}) {
            assertThat(Ipv4Address.isHost(none)).isFalse();
        }
    }
}
