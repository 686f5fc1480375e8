package dev.situ.udp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.Words;
import dev.situ.packet.MemoryPort;
import dev.situ.packet.PortCapabilities;
import dev.situ.packet.SoftwarePacketPool;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Mutated frames against a whole stack: whatever comes, no buffer is lost, nothing is answered with more bytes than
/// came, and a good datagram is still served.
@Timeout(120)
class PortStackFuzzTest {
    private static final long SEED = Long.getLong("situ.seed", 20261126);
    private static final int RUNS = Integer.getInteger("situ.fuzz.runs", 60_000);

    private static final List<byte[]> MADE = List.of(
            RawHost.udp(5000, 7, RawHost.bytes(100)),
            RawHost.udp(5000, 9, new byte[0]),
            RawHost.udp(0x0A00_0063, 5000, 7, RawHost.bytes(1472)),
            RawHost.ping(8, RawHost.bytes(56)),
            RawHost.arpRequest(),
            RawHost.arpReply(),
            RawHost.arp(1, RawHost.HOST_MAC, 0, 0, RawHost.STACK_IP),
            RawHost.arp(1, RawHost.HOST_MAC, RawHost.HOST_IP, 0, RawHost.HOST_IP),
            RawHost.ipv4(
                    RawHost.HOST_IP,
                    RawHost.STACK_IP,
                    17,
                    HexFormat.of().parseHex("0101070394040000"),
                    RawHost.udpOnly(RawHost.HOST_IP, RawHost.STACK_IP, 1, 7, RawHost.bytes(9))),
            Arrays.copyOf(RawHost.udp(1, 7, new byte[1]), 60));

    /// The frames above, and what a Linux kernel sent.
    private static final List<byte[]> REAL = withKernels();

    private static List<byte[]> withKernels() {
        List<byte[]> all = new ArrayList<>(MADE);
        for (byte[] frame : RawHost.kernels()) {
            if (RawHost.mac(frame, 6) == RawHost.HOST_MAC) {
                all.add(frame);
            }
        }
        return List.copyOf(all);
    }

    @Test
    void noFrameLosesABufferOrIsAmplified() throws Exception {
        Random random = new Random(SEED);
        long[] now = {0};
        try (SoftwarePacketPool pool = SoftwarePacketPool.of(256, 128 + 9200, false);
                SoftwarePacketPool hostPool = SoftwarePacketPool.of(256, 128 + 9200, false)) {
            MemoryPort.Wire wire = MemoryPort.wire(
                    pool, hostPool, PortCapabilities.plain().withMtu(9000).withMultiSegmentSend(true), 1);
            RawHost host = new RawHost(wire.right());
            ArpOptions arp = new ArpOptions(1_000_000_000L, 100_000_000L, 2, 4, 4, 16);
            Set<DropReason> met = EnumSet.noneOf(DropReason.class);
            try (PortUdpStack stack = new PortUdpStack(
                    wire.left(), PortStackOptions.at("10.0.0.1/24").withArp(arp, () -> now[0]))) {
                stack.bind(new InetSocketAddress(7), PortStackFuzzTest::answerShort);
                long retained = 0;
                int answered = 0;
                for (int run = 0; run < RUNS; run++) {
                    byte[] frame = mutate(REAL.get(random.nextInt(REAL.size())).clone(), random);
                    now[0] += random.nextInt(50_000_000);
                    host.send(frame);
                    stack.queue(0).poll();
                    for (byte[] reply : host.received()) {
                        if (isAnswerOfTheStackItself(reply)) {
                            answered++;
                            assertThat(reply.length)
                                    .as(
                                            "-Dsitu.seed=%d run %d: %s",
                                            SEED, run, HexFormat.of().formatHex(frame))
                                    .isLessThanOrEqualTo(frame.length);
                        }
                    }
                    retained = stack.statistics().retained();
                }
                assertThat(answered).isPositive();
                assertThat(retained).isZero();
                for (DropReason reason : DropReason.values()) {
                    if (stack.details().dropped(reason) > 0) {
                        met.add(reason);
                    }
                }
                assertThat(stack.statistics().handlerFailures()).isZero();
                stillServes(stack, host);
            }
            wire.close();
            assertThat(pool.outstanding()).isZero();
            assertThat(hostPool.outstanding()).isZero();
            assertThat(met)
                    .as("reasons that were met")
                    .contains(
                            DropReason.MALFORMED,
                            DropReason.NOT_FOR_US,
                            DropReason.OTHER_PROTOCOL,
                            DropReason.BAD_CHECKSUM,
                            DropReason.FRAGMENT,
                            DropReason.NO_HANDLER,
                            DropReason.BAD_SOURCE,
                            DropReason.ARP_UNASKED);
        }
    }

    /// An ARP reply or an echo reply.
    private static boolean isAnswerOfTheStackItself(byte[] frame) {
        return frame[13] == 6 ? frame[21] == 2 : frame[23] == 1;
    }

    private static void answerShort(UdpBurst burst, UdpSender sender) {
        for (int i = 0; i < burst.size(); i++) {
            // Reads all that it was given: a place outside of the memory would throw.
            long sum = 0;
            for (int k = 0; k < burst.length(i); k++) {
                sum += Words.getByte(burst.memory(i), burst.offset(i) + k);
            }
            long handle = burst.retain(i);
            long at = sender.claim(burst.peer(i), 8);
            if (at != UdpSender.NO_ROOM) {
                Words.setLong(sender.memory(), at, sum);
                sender.append(burst.memory(i), burst.offset(i), burst.length(i) / 2);
                sender.commit();
            }
            if (handle != UdpBurst.NOT_RETAINED) {
                burst.release(handle);
            }
        }
    }

    private static void stillServes(PortUdpStack stack, RawHost host) {
        host.send(RawHost.arpRequest());
        stack.queue(0).poll();
        host.received();
        host.send(RawHost.udp(5000, 7, RawHost.bytes(20)));
        assertThat(stack.queue(0).poll()).isEqualTo(1);
        assertThat(host.received()).hasSizeGreaterThanOrEqualTo(1);
    }

    /// A flood in bursts as large as the wire carries: what does not fit is lost at the port, nothing in the stack.
    @Test
    void aFloodOfAnythingLosesNoBuffer() throws Exception {
        Random random = new Random(SEED + 1);
        try (SoftwarePacketPool pool = SoftwarePacketPool.of(96, 2176, false);
                SoftwarePacketPool hostPool = SoftwarePacketPool.of(256, 2176, false)) {
            MemoryPort.Wire wire = MemoryPort.wire(pool, hostPool, PortCapabilities.plain(), 1);
            RawHost host = new RawHost(wire.right());
            try (PortUdpStack stack = new PortUdpStack(wire.left(), PortStackOptions.at("10.0.0.1/24"))) {
                stack.bind(new InetSocketAddress(7), PortUdpStackTest.ECHO_HANDLER);
                for (int run = 0; run < 200; run++) {
                    for (int i = 0; i < 150; i++) {
                        byte[] spoofed = RawHost.udp(0x0A00_0000 | random.nextInt(1 << 12), 5000, 7, RawHost.bytes(60));
                        host.send(random.nextInt(4) == 0 ? RawHost.arpRequest() : spoofed);
                    }
                    stack.queue(0).poll();
                    host.received();
                }
                assertThat(wire.left().statistics().receiveMissed()).isPositive();
                assertThat(stack.details().dropped(DropReason.SEND_WAITING_FULL))
                        .isPositive();
            }
            wire.close();
            assertThat(pool.outstanding()).isZero();
            assertThat(hostPool.outstanding()).isZero();
        }
    }

    private static byte[] mutate(byte[] frame, Random random) {
        byte[] bytes = frame;
        int changes = random.nextInt(4);
        for (int i = 0; i < changes && bytes.length > 0; i++) {
            int at = random.nextInt(random.nextInt(4) == 0 ? bytes.length : Math.min(bytes.length, 46));
            switch (random.nextInt(8)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt();
                case 2 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
                case 3 -> bytes = Arrays.copyOf(bytes, bytes.length + random.nextInt(64));
                case 4 -> bytes = random.nextInt(50) == 0 ? Arrays.copyOf(bytes, 9014) : Arrays.copyOf(bytes, at);
                default -> change(bytes, random);
            }
            // Most mutations should get past the first checksum.
            if (random.nextInt(3) > 0) {
                repair(bytes);
            }
        }
        return bytes;
    }

    /// Sets a field that matters to something that matters.
    private static void change(byte[] bytes, Random random) {
        int[] fields = {14, 17, 20, 21, 23, 26, 29, 30, 33, 34, 36, 37, 38, 39, 40, 41};
        int field = fields[random.nextInt(fields.length)];
        if (field < bytes.length) {
            byte[] values = {0, 1, (byte) 0xFF, 0x46, 0x4F, 17, 7, 127, (byte) 224, 8, (byte) random.nextInt()};
            bytes[field] = values[random.nextInt(values.length)];
        }
    }

    private static void repair(byte[] bytes) {
        if (bytes.length < 34 || bytes[12] != 8 || bytes[13] != 0) {
            return;
        }
        int end = 14 + (bytes[14] & 0xF) * 4;
        if (end < 34 || end > bytes.length) {
            return;
        }
        bytes[24] = 0;
        bytes[25] = 0;
        int checksum = ~RawHost.sum(Arrays.copyOfRange(bytes, 14, end));
        bytes[24] = (byte) (checksum >>> 8);
        bytes[25] = (byte) checksum;
    }
}
