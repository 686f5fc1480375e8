package dev.situ.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.situ.memory.Words;
import dev.situ.packet.MemoryPort;
import dev.situ.packet.Packet;
import dev.situ.packet.PortCapabilities;
import dev.situ.packet.SoftwarePacketPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// One stack, and a host that speaks byte by byte at the other end of the wire.
@Timeout(60)
class PortUdpStackTest {
    private static final long SECOND = 1_000_000_000L;
    private static final InetSocketAddress ECHO = new InetSocketAddress("10.0.0.1", 7);
    private static final long PEER = PeerAddress.of(RawHost.HOST_IP, 5000);

    static final UdpHandler ECHO_HANDLER = (burst, sender) -> {
        for (int i = 0; i < burst.size(); i++) {
            long at = sender.claim(burst.peer(i), burst.length(i));
            if (at != UdpSender.NO_ROOM) {
                Words.copy(burst.memory(i), burst.offset(i), sender.memory(), at, burst.length(i));
                sender.commit();
            }
        }
    };

    private final SoftwarePacketPool pool = SoftwarePacketPool.of(512, 2176, true);
    private final SoftwarePacketPool hostPool = SoftwarePacketPool.of(512, 2176, true);
    private long now = 1000 * SECOND;
    private PortCapabilities capabilities = PortCapabilities.plain();
    private PortStackOptions options = PortStackOptions.at("10.0.0.1/24").withArp(ArpOptions.defaults(), () -> now);
    private @Nullable PortUdpStack opened;
    private @Nullable RawHost opposite;
    private MemoryPort.@Nullable Wire wire;

    @AfterEach
    void noPacketIsLost() {
        if (opened != null) {
            opened.close();
        }
        if (wire != null) {
            wire.close();
        }
        assertThat(pool.outstanding()).isZero();
        assertThat(hostPool.outstanding()).isZero();
        pool.close();
        hostPool.close();
    }

    private PortUdpStack stack() {
        PortUdpStack stack = opened;
        if (stack == null) {
            MemoryPort.Wire between = MemoryPort.wire(pool, hostPool, capabilities, 1);
            stack = new PortUdpStack(between.left(), options);
            wire = between;
            opened = stack;
            opposite = new RawHost(between.right());
        }
        return stack;
    }

    private RawHost host() {
        stack();
        return Objects.requireNonNull(opposite);
    }

    private int poll() {
        return stack().queue(0).poll();
    }

    private long dropped(DropReason reason) {
        return stack().details().dropped(reason);
    }

    private void bindEcho() throws Exception {
        stack().bind(ECHO, ECHO_HANDLER);
    }

    /// Lets the stack know the host.
    private void meet() {
        host().send(RawHost.arpRequest());
        poll();
        host().received();
    }

    private void sendTo(long peer, byte[] payload) {
        UdpSender sender = stack().queue(0).sender();
        long at = sender.claim(peer, payload.length);
        Words.copyFrom(payload, 0, sender.memory(), at, payload.length);
        sender.commit();
        sender.flush();
    }

    // ---- datagrams --------------------------------------------------------------------------------------------------

    @Test
    void aDatagramIsEchoed() throws Exception {
        bindEcho();
        meet();
        for (int length : new int[] {0, 1, 18, 100, 1471, 1472}) {
            host().send(RawHost.udp(5000, 7, RawHost.bytes(length)));
            assertThat(poll()).isEqualTo(1);
            byte[] reply = host().receivedOne();
            assertThat(RawHost.payload(reply, RawHost.HOST_MAC, RawHost.HOST_IP, 7, 5000))
                    .isEqualTo(RawHost.bytes(length));
        }
        UdpStatistics statistics = stack().statistics();
        assertThat(statistics.received()).isEqualTo(6);
        assertThat(statistics.receivedBytes()).isEqualTo(1 + 18 + 100 + 1471 + 1472);
        assertThat(statistics.sent()).isEqualTo(6);
        assertThat(statistics.sentBytes()).isEqualTo(statistics.receivedBytes());
        assertThat(statistics.sendDropped()).isZero();
        assertThat(poll()).isZero();
    }

    @Test
    void aPaddedDatagramKeepsItsLength() throws Exception {
        bindEcho();
        meet();
        host().send(Arrays.copyOf(RawHost.udp(5000, 7, new byte[] {42}), 60));
        poll();
        assertThat(RawHost.payload(host().receivedOne(), RawHost.HOST_MAC, RawHost.HOST_IP, 7, 5000))
                .containsExactly(42);
    }

    @Test
    void aBurstIsHandedOverAsOne() throws Exception {
        List<Integer> sizes = new ArrayList<>();
        stack().bind(ECHO, (burst, _) -> {
            sizes.add(burst.size());
            assertThat(burst.queue()).isZero();
            assertThat(burst.peer(0)).isEqualTo(PEER);
        });
        for (int i = 0; i < 5; i++) {
            host().send(RawHost.udp(5000, 7, new byte[i]));
        }
        assertThat(poll()).isEqualTo(5);
        assertThat(sizes).containsExactly(5);
    }

    @Test
    void manyPortsAreToldApart() throws Exception {
        List<Integer> called = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int port = 64 * i + 1;
            stack().bind(new InetSocketAddress(port), (burst, _) -> called.add(port));
        }
        host().send(RawHost.udp(5000, 641, new byte[1]));
        host().send(RawHost.udp(5000, 642, new byte[1]));
        host().send(RawHost.udp(5000, 1, new byte[1]));
        assertThat(poll()).isEqualTo(2);
        assertThat(called).containsExactlyInAnyOrder(1, 641);
        assertThat(dropped(DropReason.NO_HANDLER)).isEqualTo(1);
    }

    @Test
    void aPortIsBoundOnceAndAFreeOneIsFound() throws Exception {
        bindEcho();
        assertThatThrownBy(this::bindEcho).isInstanceOf(BindException.class).hasMessage("port 7 is in use");
        assertThatThrownBy(() -> stack().bind(new InetSocketAddress("10.0.0.3", 8), ECHO_HANDLER))
                .isInstanceOf(BindException.class)
                .hasMessageContaining("the stack's address is 10.0.0.1");
        InetSocketAddress one = stack().bind(new InetSocketAddress("0.0.0.0", 0), ECHO_HANDLER);
        InetSocketAddress two = stack().bind(new InetSocketAddress("0.0.0.0", 0), ECHO_HANDLER);
        assertThat(one.getPort()).isGreaterThanOrEqualTo(49152).isNotEqualTo(two.getPort());
        assertThat(one.getAddress().getHostAddress()).isEqualTo("10.0.0.1");
    }

    @Test
    void aHandlerThatThrowsIsCountedAndLosesNothing() throws Exception {
        stack().bind(ECHO, (burst, sender) -> {
            sender.claim(burst.peer(0), 10);
            throw new IllegalStateException("a handler that fails, for a test");
        });
        host().send(RawHost.udp(5000, 7, new byte[1]));
        assertThat(poll()).isEqualTo(1);
        assertThat(stack().statistics().handlerFailures()).isEqualTo(1);
    }

    // ---- retaining --------------------------------------------------------------------------------------------------

    @Test
    void whatIsRetainedStaysWhereItCame() throws Exception {
        List<Long> handles = new ArrayList<>();
        List<UdpBurst> bursts = new ArrayList<>();
        List<Long> offsets = new ArrayList<>();
        stack().bind(ECHO, (burst, _) -> {
            bursts.add(burst);
            handles.add(burst.retain(0));
            offsets.add(burst.offset(0));
            assertThat(burst.memory(0)).isEqualTo(burst.source().memory()).isEqualTo(pool.memory());
        });
        host().send(RawHost.udp(5000, 7, RawHost.bytes(50)));
        poll();
        host().send(RawHost.udp(5000, 7, new byte[50]));
        poll();
        byte[] kept = new byte[50];
        Words.copyTo(pool.memory(), offsets.getFirst(), kept, 0, 50);
        assertThat(kept).isEqualTo(RawHost.bytes(50));
        assertThat(stack().statistics().retained()).isEqualTo(2);
        assertThat(bursts.getFirst().source().heldBytes(handles.getFirst())).isGreaterThan(2176);
        bursts.getFirst().release(handles.get(0));
        bursts.getFirst().source().release(handles.get(1));
        assertThat(stack().statistics().retained()).isZero();
    }

    @Test
    void nothingIsRetainedWhenBuffersAreShort() throws Exception {
        List<Long> handles = new ArrayList<>();
        stack().bind(ECHO, (burst, _) -> handles.add(burst.retain(0)));
        pool.setLowWater(513);
        host().send(RawHost.udp(5000, 7, new byte[1]));
        poll();
        assertThat(handles).containsExactly(UdpBurst.NOT_RETAINED);
    }

    // ---- sending ----------------------------------------------------------------------------------------------------

    @Test
    void bytesOfThePoolAreSentWithoutACopyWhereThePortSendsChains() throws Exception {
        capabilities = capabilities.withMultiSegmentSend(true);
        bindEcho();
        meet();
        long value = pool.take();
        Packet.setLength(pool.memory(), value, 1400);
        long at = Packet.data(pool.memory(), value);
        byte[] bytes = RawHost.bytes(1400);
        Words.copyFrom(bytes, 0, pool.memory(), at, 1400);
        UdpSender sender = stack().queue(0).sender();
        for (int i = 0; i < 3; i++) {
            Words.setInt(sender.memory(), sender.claim(PEER, 4), i);
            sender.append(pool.memory(), at + 100, 1000);
            sender.append(MemorySegment.ofArray(bytes), 0, 13);
            sender.append(pool.memory(), at, 301);
            sender.commit();
        }
        assertThat(Packet.references(pool.memory(), value))
                .as("two clones in each of three")
                .isEqualTo(7);
        sender.flush();
        assertThat(Packet.references(pool.memory(), value)).isEqualTo(1);
        List<byte[]> frames = host().received();
        assertThat(frames).hasSize(3);
        for (byte[] frame : frames) {
            byte[] payload = RawHost.payload(frame, RawHost.HOST_MAC, RawHost.HOST_IP, 7, 5000);
            assertThat(Arrays.copyOfRange(payload, 4, 1004)).isEqualTo(Arrays.copyOfRange(bytes, 100, 1100));
            assertThat(Arrays.copyOfRange(payload, 1004, 1017)).isEqualTo(Arrays.copyOf(bytes, 13));
            assertThat(Arrays.copyOfRange(payload, 1017, 1318)).isEqualTo(Arrays.copyOf(bytes, 301));
        }
        pool.release(value);
    }

    @Test
    void aWholeDatagramIsCopiedIfItIsShortAndElseSentFromWhereItLies() throws Exception {
        capabilities = capabilities.withMultiSegmentSend(true);
        bindEcho();
        meet();
        long value = pool.take();
        Packet.setLength(pool.memory(), value, 1400);
        long at = Packet.data(pool.memory(), value);
        byte[] bytes = RawHost.bytes(1400);
        Words.copyFrom(bytes, 0, pool.memory(), at, 1400);
        UdpSender sender = stack().queue(0).sender();
        for (int length : new int[] {0, 1, sender.copyBreak(), sender.copyBreak() + 1, 1390}) {
            assertThat(sender.send(PEER, pool.memory(), at + 10, length)).isTrue();
            assertThat(Packet.references(pool.memory(), value)).isEqualTo(length > sender.copyBreak() ? 2 : 1);
            sender.flush();
            assertThat(RawHost.payload(host().receivedOne(), RawHost.HOST_MAC, RawHost.HOST_IP, 7, 5000))
                    .isEqualTo(Arrays.copyOfRange(bytes, 10, 10 + length));
        }
        assertThat(sender.send(PEER, pool.memory(), at, sender.maxPayload() + 1))
                .isFalse();
        assertThat(dropped(DropReason.SEND_TOO_LARGE)).isEqualTo(1);
        assertThatThrownBy(() -> sender.send(PEER, pool.memory(), pool.memory().byteSize(), 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
        MemorySegment gone;
        try (Arena arena = Arena.ofConfined()) {
            gone = arena.allocate(16);
        }
        assertThatThrownBy(() -> sender.send(PEER, gone, 0, 16)).isInstanceOf(IllegalStateException.class);
        assertThat(sender.send(PEER, pool.memory(), at, 16)).isTrue();
        sender.flush();
        pool.release(value);
    }

    @Test
    void appendedBytesAreCopiedWhereThePortDoesNotSendChains() throws Exception {
        bindEcho();
        meet();
        long value = pool.take();
        Packet.setLength(pool.memory(), value, 1400);
        long at = Packet.data(pool.memory(), value);
        Words.copyFrom(RawHost.bytes(1400), 0, pool.memory(), at, 1400);
        UdpSender sender = stack().queue(0).sender();
        sender.claim(PEER, 0);
        sender.append(pool.memory(), at, 1400);
        sender.commit();
        assertThat(Packet.references(pool.memory(), value)).isEqualTo(1);
        sender.flush();
        assertThat(RawHost.payload(host().receivedOne(), RawHost.HOST_MAC, RawHost.HOST_IP, 7, 5000))
                .isEqualTo(RawHost.bytes(1400));
        pool.release(value);
    }

    @Test
    void aChainOfManyPiecesStaysShort() throws Exception {
        capabilities = capabilities.withMultiSegmentSend(true).withMtu(9000);
        bindEcho();
        meet();
        long value = pool.take();
        Packet.setLength(pool.memory(), value, 200);
        Words.copyFrom(RawHost.bytes(200), 0, pool.memory(), Packet.data(pool.memory(), value), 200);
        UdpSender sender = stack().queue(0).sender();
        assertThat(sender.maxPayload()).isEqualTo(2048 - 42);
        sender.claim(PEER, 0);
        for (int i = 0; i < 10; i++) {
            sender.append(pool.memory(), Packet.data(pool.memory(), value), 200);
        }
        sender.commit();
        assertThat(Packet.references(pool.memory(), value)).isEqualTo(1 + 6);
        sender.flush();
        byte[] payload = RawHost.payload(host().receivedOne(), RawHost.HOST_MAC, RawHost.HOST_IP, 7, 5000);
        for (int i = 0; i < 10; i++) {
            assertThat(Arrays.copyOfRange(payload, i * 200, i * 200 + 200)).isEqualTo(RawHost.bytes(200));
        }
        pool.release(value);
    }

    @Test
    void whatDoesNotFitIsRefusedAndCounted() throws Exception {
        capabilities = capabilities.withMtu(576);
        bindEcho();
        meet();
        UdpSender sender = stack().queue(0).sender();
        assertThat(sender.maxPayload()).isEqualTo(548);
        assertThat(sender.claim(PEER, 549)).isEqualTo(UdpSender.NO_ROOM);
        assertThat(sender.claim(PEER, -1)).isEqualTo(UdpSender.NO_ROOM);
        assertThat(dropped(DropReason.SEND_TOO_LARGE)).isEqualTo(2);
        sender.claim(PEER, 500);
        assertThatThrownBy(() -> sender.append(pool.memory(), 0, 49)).hasMessageContaining("over the limit of 548");
        assertThatThrownBy(() -> sender.append(pool.memory(), pool.memory().byteSize(), 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> sender.claim(PEER, 1)).hasMessageContaining("neither committed nor aborted");
        assertThatThrownBy(sender::flush).hasMessageContaining("between claim and commit");
        sender.abort();
        assertThatThrownBy(sender::commit).hasMessageContaining("no datagram is claimed");
        sendTo(PEER, new byte[548]);
        assertThat(host().receivedOne()).hasSize(14 + 576);
    }

    @Test
    void withoutABufferADatagramIsDroppedAndCounted() throws Exception {
        bindEcho();
        meet();
        List<Long> all = new ArrayList<>();
        UdpSender sender = stack().queue(0).sender();
        while (sender.claim(PEER, 0) != UdpSender.NO_ROOM) {
            sender.abort();
            long packet = pool.take();
            if (packet == Packet.NONE) {
                assertThat(sender.claim(PEER, 0))
                        .as("the poller's cache has some")
                        .isNotEqualTo(UdpSender.NO_ROOM);
                sender.commit();
            } else {
                all.add(packet);
            }
            if (all.size() > 512) {
                break;
            }
        }
        assertThat(dropped(DropReason.SEND_NO_BUFFER)).isEqualTo(1);
        all.forEach(pool::release);
        sender.flush();
        host().received();
    }

    @Test
    void checksumsAreLeftToAPortThatComputesThem() throws Exception {
        capabilities = capabilities.withChecksums(true, true).withMultiSegmentSend(true);
        bindEcho();
        meet();
        host().send(RawHost.udp(5000, 7, RawHost.bytes(333)));
        poll();
        assertThat(RawHost.payload(host().receivedOne(), RawHost.HOST_MAC, RawHost.HOST_IP, 7, 5000))
                .isEqualTo(RawHost.bytes(333));
        byte[] wrong = RawHost.with(RawHost.udp(5000, 7, RawHost.bytes(333)), 60, 99);
        host().send(wrong);
        assertThat(poll()).isZero();
        assertThat(dropped(DropReason.BAD_CHECKSUM)).isEqualTo(1);
    }

    @Test
    void checksumsCanBeLeftOut() throws Exception {
        options = options.withUdpChecksums(false);
        bindEcho();
        meet();
        sendTo(PEER, RawHost.bytes(9));
        byte[] frame = host().receivedOne();
        assertThat(frame[40]).isZero();
        assertThat(frame[41]).isZero();
    }

    // ---- what is dropped --------------------------------------------------------------------------------------------

    private void expectDropped(DropReason reason, byte[] frame) {
        long before = dropped(reason);
        host().send(frame);
        assertThat(poll()).isZero();
        assertThat(dropped(reason)).as("%s of %s", reason, stack().details()).isEqualTo(before + 1);
        assertThat(host().received()).isEmpty();
    }

    private static byte[] fromTo(int source, int destination) {
        return RawHost.ipv4(
                source, destination, 17, new byte[0], RawHost.udpOnly(source, destination, 5000, 7, new byte[4]));
    }

    private static byte[] withOptions(String options) {
        byte[] udp = RawHost.udpOnly(RawHost.HOST_IP, RawHost.STACK_IP, 5000, 7, new byte[4]);
        return RawHost.ipv4(
                RawHost.HOST_IP, RawHost.STACK_IP, 17, HexFormat.of().parseHex(options), udp);
    }

    /// Sets a field of the IPv4 header, and its checksum again.
    private static byte[] ipField(byte[] frame, int at, int value) {
        byte[] changed = RawHost.with(RawHost.with(RawHost.with(frame, 14 + at, value), 24, 0), 25, 0);
        int checksum = ~RawHost.sum(Arrays.copyOfRange(changed, 14, 34));
        return RawHost.with(RawHost.with(changed, 24, checksum >>> 8), 25, checksum);
    }

    @Test
    void everyPacketThatIsDroppedIsCountedForItsReason() throws Exception {
        bindEcho();
        byte[] good = RawHost.udp(5000, 7, RawHost.bytes(20));
        expectDropped(DropReason.MALFORMED, new byte[13]);
        expectDropped(DropReason.MALFORMED, Arrays.copyOf(good, 33));
        expectDropped(DropReason.MALFORMED, ipField(good, 0, 0x44));
        expectDropped(DropReason.MALFORMED, ipField(good, 3, 255));
        expectDropped(DropReason.MALFORMED, RawHost.with(good, 39, 7));
        expectDropped(DropReason.MALFORMED, Arrays.copyOf(RawHost.arpRequest(), 41));
        expectDropped(DropReason.NOT_FOR_US, RawHost.with(good, 5, 9));
        expectDropped(DropReason.NOT_FOR_US, RawHost.with(good, 0, 0x01));
        expectDropped(DropReason.NOT_FOR_US, fromTo(RawHost.HOST_IP, 0x0A00_0003));
        expectDropped(DropReason.NOT_FOR_US, fromTo(RawHost.HOST_IP, 0x0A00_00FF));
        byte[] broadcast = good.clone();
        Arrays.fill(broadcast, 0, 6, (byte) 0xFF);
        expectDropped(DropReason.NOT_FOR_US, broadcast);
        expectDropped(DropReason.OTHER_PROTOCOL, RawHost.with(good, 12, 0x86));
        expectDropped(DropReason.OTHER_PROTOCOL, ipField(good, 9, 6));
        expectDropped(DropReason.OTHER_PROTOCOL, RawHost.ping(0, new byte[8]));
        for (int source : new int[] {0, 0x7F00_0001, 0xE000_0001, 0x0A00_00FF, -1, RawHost.STACK_IP}) {
            expectDropped(DropReason.BAD_SOURCE, fromTo(source, RawHost.STACK_IP));
        }
        expectDropped(DropReason.BAD_OPTIONS, withOptions("8307040000000000"));
        expectDropped(DropReason.BAD_OPTIONS, withOptions("07ff0000"));
        expectDropped(DropReason.BAD_CHECKSUM, RawHost.with(good, 25, good[25] + 1));
        expectDropped(DropReason.BAD_CHECKSUM, RawHost.with(good, 50, good[50] + 1));
        expectDropped(DropReason.BAD_CHECKSUM, RawHost.with(RawHost.ping(8, new byte[8]), 45, 1));
        expectDropped(DropReason.FRAGMENT, ipField(good, 6, 0x20));
        expectDropped(DropReason.FRAGMENT, ipField(good, 7, 1));
        expectDropped(DropReason.NO_HANDLER, RawHost.udp(5000, 8, new byte[4]));
        assertThat(stack().statistics().received()).isZero();
        assertThat(stack().statistics().sendDropped()).isZero();
        host().send(withOptions("0101010194040000"));
        host().send(RawHost.with(RawHost.with(good, 40, 0), 41, 0));
        assertThat(poll()).as("harmless options, and no checksum at all").isEqualTo(2);
    }

    // ---- ping -------------------------------------------------------------------------------------------------------

    @Test
    void aPingIsAnswered() {
        host().send(RawHost.ping(8, RawHost.bytes(56)));
        poll();
        byte[] reply = host().receivedOne();
        byte[] expected = RawHost.ping(0, RawHost.bytes(56));
        assertThat(RawHost.mac(reply, 0)).isEqualTo(RawHost.HOST_MAC);
        assertThat(RawHost.mac(reply, 6)).isEqualTo(RawHost.STACK_MAC);
        assertThat(RawHost.sum(Arrays.copyOfRange(reply, 14, 34))).isEqualTo(0xFFFF);
        assertThat(Arrays.copyOfRange(reply, 26, 30)).containsExactly(10, 0, 0, 1);
        assertThat(Arrays.copyOfRange(reply, 30, 34)).containsExactly(10, 0, 0, 2);
        assertThat(Arrays.copyOfRange(reply, 34, reply.length))
                .isEqualTo(Arrays.copyOfRange(expected, 34, expected.length));
        assertThat(stack().details().pings()).isEqualTo(1);
    }

    /// Frames that a Linux kernel sent to another one, which had the stack's address, and that one's answers.
    @Test
    void aKernelIsAnsweredAsAKernelAnswers() throws Exception {
        bindEcho();
        List<byte[]> pings = new ArrayList<>();
        int echoed = 0;
        for (byte[] frame : RawHost.kernels()) {
            if (RawHost.mac(frame, 6) == RawHost.HOST_MAC) {
                host().send(frame);
                echoed += poll();
            } else if (frame[13] == 0 && frame[23] == 1 && frame[14] == 0x45 && frame[34] == 0 && frame[20] == 0) {
                pings.add(frame);
            }
        }
        List<byte[]> answers = host().received();
        assertThat(echoed).as("five sizes, and one without a checksum").isEqualTo(6);
        assertThat(stack().details().pings()).as("two plain, two with options").isEqualTo(4);
        assertThat(stack().details().arpAnswered()).isEqualTo(2);
        assertThat(dropped(DropReason.FRAGMENT)).isEqualTo(3);
        assertThat(dropped(DropReason.BAD_OPTIONS)).as("a source route").isEqualTo(1);
        assertThat(dropped(DropReason.BAD_CHECKSUM)).isZero();
        assertThat(dropped(DropReason.MALFORMED)).isZero();
        for (byte[] ping : pings) {
            assertThat(answers)
                    .as("an echo reply as the kernel's, but for the IPv4 header")
                    .anyMatch(answer -> answer.length == ping.length
                            && Arrays.equals(answer, 0, 14, ping, 0, 14)
                            && Arrays.equals(answer, 34, answer.length, ping, 34, ping.length));
        }
        assertThat(pings).hasSize(2);
    }

    // ---- ARP --------------------------------------------------------------------------------------------------------

    @Test
    void whoAsksForTheStackIsAnsweredAndKnown() throws Exception {
        bindEcho();
        host().send(RawHost.arpRequest());
        poll();
        assertThat(host().receivedOne())
                .isEqualTo(RawHost.with(
                        reply(RawHost.STACK_MAC, RawHost.STACK_IP, RawHost.HOST_MAC, RawHost.HOST_IP), 5, 2));
        sendTo(PEER, new byte[1]);
        assertThat(RawHost.mac(host().receivedOne(), 0)).isEqualTo(RawHost.HOST_MAC);
        assertThat(stack().details().arpAsked()).isZero();
        assertThat(stack().details().arpAnswered()).isEqualTo(1);
    }

    private static byte[] reply(long mac, int ip, long targetMac, int targetIp) {
        return RawHost.arp(2, mac, ip, targetMac, targetIp);
    }

    @Test
    void aProbeIsAnsweredAndTeachesNothing() throws Exception {
        bindEcho();
        host().send(RawHost.arp(1, RawHost.HOST_MAC, 0, 0, RawHost.STACK_IP));
        poll();
        assertThat(host().received()).hasSize(1);
        sendTo(PEER, new byte[1]);
        assertThat(RawHost.mac(host().receivedOne(), 0)).isEqualTo(RawHost.BROADCAST_MAC);
    }

    @Test
    void datagramsWaitForTheAnswer() throws Exception {
        bindEcho();
        for (int i = 0; i < 3; i++) {
            sendTo(PEER, new byte[] {(byte) i});
        }
        byte[] question = host().receivedOne();
        assertThat(question)
                .isEqualTo(RawHost.ethernet(
                        RawHost.BROADCAST_MAC,
                        RawHost.STACK_MAC,
                        0x0806,
                        Arrays.copyOfRange(
                                RawHost.arp(1, RawHost.STACK_MAC, RawHost.STACK_IP, 0, RawHost.HOST_IP), 14, 42)));
        host().send(RawHost.arpReply());
        poll();
        List<byte[]> frames = host().received();
        assertThat(frames).hasSize(3);
        for (int i = 0; i < 3; i++) {
            assertThat(RawHost.payload(frames.get(i), RawHost.HOST_MAC, RawHost.HOST_IP, 7, 5000))
                    .containsExactly(i);
        }
        assertThat(stack().statistics().sent()).isEqualTo(3);
        assertThat(stack().statistics().sentBytes()).isEqualTo(3);
    }

    @Test
    void theQuestionIsAskedThreeTimesAndThenTheDatagramsAreDropped() throws Exception {
        bindEcho();
        sendTo(PEER, new byte[1]);
        sendTo(PEER, new byte[2]);
        int asked = host().received().size();
        for (int i = 0; i < 20; i++) {
            now += SECOND / 4;
            poll();
            asked += host().received().size();
        }
        assertThat(asked).isEqualTo(3);
        assertThat(dropped(DropReason.SEND_UNRESOLVED)).isEqualTo(2);
        assertThat(stack().statistics().sendDropped()).isEqualTo(2);
        sendTo(PEER, new byte[1]);
        assertThat(host().received()).as("a new question").hasSize(1);
    }

    @Test
    void fewWaitForAnAnswerAndTheOldestGiveWay() throws Exception {
        options = options.withArp(new ArpOptions(60 * SECOND, SECOND, 3, 2, 2, 16), () -> now);
        bindEcho();
        for (int i = 0; i < 5; i++) {
            sendTo(PEER, new byte[] {(byte) i});
        }
        sendTo(PeerAddress.of(0x0A00_0003, 1), new byte[1]);
        sendTo(PeerAddress.of(0x0A00_0004, 1), new byte[1]);
        assertThat(dropped(DropReason.SEND_WAITING_FULL)).isEqualTo(4);
        host().received();
        host().send(RawHost.arpReply());
        poll();
        List<byte[]> frames = host().received();
        assertThat(frames).hasSize(2);
        assertThat(frames.get(0)[42]).isEqualTo((byte) 3);
        assertThat(frames.get(1)[42]).isEqualTo((byte) 4);
    }

    private void pollUntilTheClockIsRead() {
        for (int i = 0; i < StackQueue.POLLS_A_LOOK; i++) {
            poll();
        }
    }

    @Test
    void anAddressInUseIsAskedForAgainBeforeItIsForgotten() throws Exception {
        bindEcho();
        meet();
        now += 50 * SECOND;
        pollUntilTheClockIsRead();
        sendTo(PEER, new byte[1]);
        sendTo(PEER, new byte[1]);
        List<byte[]> frames = host().received();
        assertThat(frames)
                .as("one question, to the host alone, and both datagrams")
                .hasSize(3);
        assertThat(frames.getFirst()[13]).isEqualTo((byte) 6);
        assertThat(RawHost.mac(frames.getFirst(), 0)).isEqualTo(RawHost.HOST_MAC);
        host().send(RawHost.arpReply());
        poll();
        now += 30 * SECOND;
        pollUntilTheClockIsRead();
        sendTo(PEER, new byte[1]);
        assertThat(RawHost.mac(host().receivedOne(), 0)).isEqualTo(RawHost.HOST_MAC);
        now += 61 * SECOND;
        pollUntilTheClockIsRead();
        sendTo(PEER, new byte[1]);
        assertThat(RawHost.mac(host().receivedOne(), 0)).as("forgotten").isEqualTo(RawHost.BROADCAST_MAC);
    }

    @Test
    void whatNobodyAskedForIsNotBelieved() throws Exception {
        bindEcho();
        long spoofer = 0x02_00_00_00_00_66L;
        host().send(RawHost.arpReply());
        host().send(RawHost.arp(1, spoofer, RawHost.HOST_IP, 0, 0x0A00_0009));
        poll();
        assertThat(dropped(DropReason.ARP_UNASKED)).isEqualTo(2);
        sendTo(PEER, new byte[1]);
        assertThat(RawHost.mac(host().receivedOne(), 0)).as("not known").isEqualTo(RawHost.BROADCAST_MAC);
        host().send(RawHost.arpReply());
        host().send(RawHost.arp(2, spoofer, RawHost.HOST_IP, RawHost.STACK_MAC, RawHost.STACK_IP));
        host().send(RawHost.arp(2, 0x01_00_00_00_00_01L, RawHost.HOST_IP, RawHost.STACK_MAC, RawHost.STACK_IP));
        host().send(RawHost.arp(1, RawHost.HOST_MAC, 0x0B00_0001, 0, RawHost.STACK_IP));
        poll();
        assertThat(dropped(DropReason.ARP_UNASKED)).as("the first answer wins").isEqualTo(4);
        host().received();
        sendTo(PEER, new byte[1]);
        assertThat(RawHost.mac(host().receivedOne(), 0)).isEqualTo(RawHost.HOST_MAC);
        now += 2 * SECOND;
        host().send(RawHost.arp(2, 0x02_00_00_00_00_03L, RawHost.HOST_IP, RawHost.STACK_MAC, RawHost.STACK_IP));
        poll();
        sendTo(PEER, new byte[1]);
        assertThat(RawHost.mac(host().receivedOne(), 0)).as("a host may move").isEqualTo(0x02_00_00_00_00_03L);
    }

    @Test
    void whoClaimsTheStacksAddressIsCounted() throws Exception {
        bindEcho();
        expectDropped(DropReason.ARP_CONFLICT, RawHost.arp(1, RawHost.HOST_MAC, RawHost.STACK_IP, 0, RawHost.STACK_IP));
    }

    @Test
    void aFloodOfAddressesStaysBounded() throws Exception {
        options = options.withArp(new ArpOptions(60 * SECOND, SECOND, 3, 4, 4, 16), () -> now);
        bindEcho();
        for (int i = 0; i < 5000; i++) {
            host().send(RawHost.arp(1, RawHost.HOST_MAC, 0x0A00_0002 + i % 250, 0, RawHost.STACK_IP));
            poll();
            now += 1;
            if (i % 16 == 0) {
                host().received();
            }
        }
        host().received();
        sendTo(PeerAddress.of(0x0A00_0002 + 4999 % 250, 9), new byte[1]);
        assertThat(RawHost.mac(host().receivedOne(), 0)).as("the last is known").isEqualTo(RawHost.HOST_MAC);
    }

    // ---- routes -----------------------------------------------------------------------------------------------------

    @Test
    void othersAreReachedThroughTheGateway() throws Exception {
        options = options.withGateway("10.0.0.254");
        bindEcho();
        sendTo(PeerAddress.of(0x0808_0808, 53), new byte[] {5});
        byte[] question = host().receivedOne();
        assertThat(Arrays.copyOfRange(question, 38, 42)).containsExactly(10, 0, 0, (byte) 254);
        host().send(RawHost.arp(2, 0x02_00_00_00_00_FEL, 0x0A00_00FE, RawHost.STACK_MAC, RawHost.STACK_IP));
        poll();
        assertThat(RawHost.payload(host().receivedOne(), 0x02_00_00_00_00_FEL, 0x0808_0808, 7, 53))
                .containsExactly(5);
        sendTo(PeerAddress.of(0x0808_0404, 53), new byte[] {6});
        assertThat(host().received()).as("the gateway is known").hasSize(1);
        host().send(RawHost.udp(0x0808_0808, 53, 7, new byte[3]));
        assertThat(poll()).isEqualTo(1);
        assertThat(RawHost.mac(host().receivedOne(), 0)).isEqualTo(0x02_00_00_00_00_FEL);
    }

    @Test
    void whereThereIsNoWayIsCounted() throws Exception {
        bindEcho();
        sendTo(PeerAddress.of(0x0808_0808, 53), new byte[1]);
        sendTo(PeerAddress.of(RawHost.STACK_IP, 53), new byte[1]);
        sendTo(PeerAddress.of(0x7F00_0001, 53), new byte[1]);
        sendTo(PeerAddress.of(0, 53), new byte[1]);
        assertThat(dropped(DropReason.SEND_NO_ROUTE)).isEqualTo(4);
        assertThat(host().received()).isEmpty();
    }

    @Test
    void everyoneAndGroupsAreReachedWithoutAQuestion() throws Exception {
        bindEcho();
        sendTo(PeerAddress.of(-1, 53), new byte[1]);
        sendTo(PeerAddress.of(0x0A00_00FF, 53), new byte[1]);
        sendTo(PeerAddress.of(0xEF81_0203, 53), new byte[1]);
        List<byte[]> frames = host().received();
        assertThat(RawHost.mac(frames.get(0), 0)).isEqualTo(RawHost.BROADCAST_MAC);
        assertThat(RawHost.mac(frames.get(1), 0)).isEqualTo(RawHost.BROADCAST_MAC);
        assertThat(RawHost.mac(frames.get(2), 0)).isEqualTo(0x01_00_5E_01_02_03L);
    }

    // ---- set-up -----------------------------------------------------------------------------------------------------

    @Test
    void wrongOptionsSayWhatIsWrong() {
        assertThatThrownBy(() -> PortStackOptions.at("10.0.0.1")).hasMessageContaining("an address and a prefix");
        assertThatThrownBy(() -> PortStackOptions.at("10.0.0.1/33")).hasMessageContaining("0 to 32 bits");
        assertThatThrownBy(() -> PortStackOptions.at("10.0.0.1/x")).hasMessageContaining("not a prefix");
        for (String none : List.of("224.0.0.1/24", "10.0.0.255/24", "10.0.0.0/24", "10.0.0.3/30")) {
            assertThatThrownBy(() -> PortStackOptions.at(none))
                    .hasMessageContaining(none + " is not the address of a host");
        }
        assertThat(PortStackOptions.at("10.0.0.0/31").prefixBits()).isEqualTo(31);
        assertThat(PortStackOptions.at("10.0.0.255/32").prefixBits()).isEqualTo(32);
        assertThatThrownBy(() -> options.withGateway("10.0.0.255")).hasMessageContaining("not the address of a host");
        assertThatThrownBy(() -> options.withGateway("10.0.1.1")).hasMessageContaining("is not on the network");
        assertThatThrownBy(() -> options.withGateway("10.0.0.1")).hasMessageContaining("another host");
        options = options.withPollers(2, TransmitChoice.BY_FLOW);
        MemoryPort.Wire between = MemoryPort.wire(pool, hostPool, capabilities, 1);
        assertThatThrownBy(() -> new PortUdpStack(between.left(), options))
                .hasMessageContaining("2 pollers are too many");
    }

    @Test
    void aClosedStackSaysSo() throws Exception {
        PortUdpStack stack = stack();
        bindEcho();
        sendTo(PEER, new byte[1]);
        host().received();
        UdpQueue queue = stack.queue(0);
        stack.close();
        assertThatThrownBy(queue::poll).hasMessageContaining("closed");
        assertThatThrownBy(() -> queue.await(1)).hasMessageContaining("closed");
        assertThatThrownBy(() -> stack.bind(ECHO, ECHO_HANDLER)).hasMessageContaining("closed");
    }
}
