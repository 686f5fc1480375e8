package dev.situ.r2p2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.situ.udp.PeerAddress;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class R2p2ServerTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long ELSEWHERE = PeerAddress.of(0x0A000001, 4711);
    private static final int MAX = R2p2Header.MAX_PAYLOAD;

    private final EchoHandler handler = new EchoHandler();
    private final MemoryStack stack = new MemoryStack();
    private long now = 17;
    private R2p2Server server = serverWith(R2p2ServerOptions.DEFAULTS);

    private R2p2Server serverWith(R2p2ServerOptions options) {
        server = new R2p2Server(1, options, handler, () -> now);
        return server;
    }

    @AfterEach
    void nothingIsRetainedAfterClose() {
        server.close();
        assertThat(stack.retained()).isZero();
        assertThat(server.statistics().unfinished()).isZero();
        assertThat(server.statistics().unfinishedBytes()).isZero();
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static byte[] message(List<Datagram> packets) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        packets.forEach(p -> bytes.writeBytes(p.payload()));
        return bytes.toByteArray();
    }

    private static Datagram[] request(int rid, byte[] message) {
        return Datagram.request(Datagram.CLIENT, rid, message);
    }

    private List<Datagram> deliver(Datagram... datagrams) {
        return stack.deliver(server, datagrams);
    }

    private static long ack(int rid) {
        return R2p2Header.of(R2p2Header.ACK, R2p2Header.FIXED, 0xC0, rid, 1);
    }

    private static Datagram drop(long peer, int rid) {
        return Datagram.packet(
                peer, R2p2Header.of(R2p2Header.DROP, R2p2Header.FIXED, 0xC0, rid, 1), new byte[] {'D', 'R', 'O', 'P'});
    }

    @Test
    void requestsThatComeTogetherAreAnnouncedBeforeTheFirstIsHandled() {
        deliver(request(1, random(10)));
        assertThat(handler.ahead).containsExactly(0); // alone
        Datagram[] requests = new Datagram[40];
        for (int i = 0; i < requests.length; i++) {
            requests[i] = request(2 + i, random(20 + i))[0];
        }
        deliver(requests);
        assertThat(handler.ahead.subList(1, 33)).containsOnly(32);
        assertThat(handler.ahead.subList(33, 41)).containsOnly(40);
        for (int i = 0; i < requests.length; i++) {
            assertThat(handler.announced.get(i)).isEqualTo(random(20 + i));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 14, 1463, 1464, 1465, 1478, 1479, 2928, 2929, 100_000, 300_000, 371_856})
    void aMessageOfAnyLengthIsExecutedOnceAndAnsweredInOrder(int length) {
        for (boolean owned : new boolean[] {false, true}) {
            handler.owned = owned;
            handler.requests.clear();
            byte[] message = random(length);
            List<Datagram> sent = deliver(request(9, message));
            boolean acked = length > MAX;
            assertThat(sent.getFirst().header() == ack(9)).isEqualTo(acked);
            List<Datagram> response = sent.subList(acked ? 1 : 0, sent.size());
            assertThat(message(response)).isEqualTo(message);
            for (int i = 0; i < response.size(); i++) {
                assertThat(response.get(i).header())
                        .isEqualTo(R2p2Header.ofPacket(R2p2Header.RESPONSE, 1, 9, i, response.size()));
                assertThat(response.get(i).payload()).hasSizeLessThanOrEqualTo(MAX);
            }
            assertThat(handler.requests).containsExactly(message);
            assertThat(stack.retained()).isZero();
        }
    }

    @Test
    void packetsMayArriveInAnyOrderAndTwice() {
        byte[] message = random(10_000);
        Datagram[] packets = request(3, message);
        int rest = packets.length - 1;
        Datagram[] shuffled = new Datagram[2 * rest - 1];
        for (int i = 0; i < rest; i++) {
            shuffled[i] = packets[rest - i];
        }
        // All but the last missing one, packet 1, come twice before it.
        System.arraycopy(shuffled, 0, shuffled, rest - 1, rest - 1);
        shuffled[shuffled.length - 1] = packets[1];
        assertThat(deliver(packets[0])).hasSize(1);
        assertThat(message(deliver(shuffled))).isEqualTo(message);
        assertThat(server.statistics().dropped().duplicates()).isEqualTo(rest - 1);
        assertThat(handler.requests).hasSize(1);
    }

    @Test
    void packetsOfManyRequestsMayBeMixed() {
        byte[] a = random(5000);
        byte[] b = random(5001);
        Datagram[] as = request(1, a);
        Datagram[] bs = request(2, b);
        for (int i = 0; i < as.length - 1; i++) {
            deliver(as[i], bs[i]);
        }
        assertThat(server.statistics().unfinished()).isEqualTo(2);
        assertThat(message(deliver(bs[bs.length - 1]))).isEqualTo(b);
        assertThat(message(deliver(as[as.length - 1]))).isEqualTo(a);
    }

    @Test
    void theSameRidOfAnotherClientIsAnotherRequest() {
        byte[] a = random(1470);
        byte[] b = random(1471);
        long other = PeerAddress.of(0x7F000001, 33201);
        Datagram[] as = request(1, a);
        Datagram[] bs = Datagram.request(other, 1, b);
        deliver(as[0], bs[0]);
        assertThat(deliver(bs[1])).allMatch(p -> p.peer() == other);
        assertThat(message(deliver(as[1]))).isEqualTo(a);
    }

    @Test
    void aDuplicateFirstPacketReplacesTheUnfinishedMessage() {
        byte[] message = random(5000);
        Datagram[] packets = request(1, message);
        deliver(packets[0], packets[1]);
        assertThat(deliver(packets[0])).extracting(Datagram::header).containsExactly(ack(1));
        assertThat(stack.retained()).isEqualTo(1);
        assertThat(deliver(packets[2], packets[3], packets[4])).isEmpty();
        assertThat(message(deliver(packets[1]))).isEqualTo(message);
        assertThat(server.statistics().replaced()).isEqualTo(1);
    }

    @Test
    void aShortRequestReplacesTheUnfinishedMessageOfItsKey() {
        deliver(request(1, random(5000))[0]);
        assertThat(message(deliver(request(1, random(7))))).isEqualTo(random(7));
        assertThat(server.statistics().unfinished()).isZero();
        assertThat(stack.retained()).isZero();
    }

    @Test
    void anUnfinishedMessageIsGivenUpAfterItsTime() {
        serverWith(R2p2ServerOptions.DEFAULTS.withRouter(Datagram.ROUTER));
        Datagram[] packets = request(1, random(5000));
        deliver(packets[0], packets[1]);
        long delay = server.tick(0, stack);
        assertThat(delay).isBetween(1L, 2 * SECOND);
        now += SECOND / 2;
        server.tick(0, stack);
        assertThat(server.statistics().unfinished()).isEqualTo(1);
        now += SECOND;
        assertThat(server.tick(0, stack)).isEqualTo(Long.MAX_VALUE);
        assertThat(stack.sent()).hasSize(1).allMatch(p -> p.peer() == Datagram.ROUTER);
        assertThat(stack.retained()).isZero();
        assertThat(deliver(packets[2])).isEmpty();
        assertThat(server.statistics().timedOut()).isEqualTo(1);
        assertThat(server.statistics().dropped().orphans()).isEqualTo(1);
    }

    @Test
    void trafficAloneGivesUpUnfinishedMessagesToo() {
        deliver(request(1, random(5000))[0]);
        now += 3 * SECOND;
        deliver(request(2, random(5)));
        assertThat(stack.retained()).isZero();
        assertThat(server.statistics().timedOut()).isEqualTo(1);
    }

    @Test
    void aFloodOfFirstPacketsIsRefusedAtTheBound() {
        serverWith(R2p2ServerOptions.DEFAULTS.withUnfinished(10, 1 << 20, 1 << 20, SECOND));
        for (int rid = 0; rid < 100; rid++) {
            List<Datagram> sent = deliver(request(rid, random(3000))[0]);
            assertThat(sent).hasSize(1);
            if (rid >= 10) {
                assertThat(sent).containsExactly(drop(Datagram.CLIENT, rid));
            }
        }
        assertThat(stack.retained()).isEqualTo(10);
        assertThat(server.statistics().refused()).isEqualTo(90);
        assertThat(deliver(request(101, random(10)))).hasSize(1);
        now += 2 * SECOND;
        server.tick(0, stack);
        assertThat(message(deliver(request(102, random(3000)))).length).isEqualTo(3 + 3000);
    }

    @Test
    void announcedBytesAreBoundedBeforeTheyAreHere() {
        serverWith(R2p2ServerOptions.DEFAULTS.withUnfinished(100, 20_000, 15_000, SECOND));
        assertThat(deliver(request(1, random(16_000))[0])).containsExactly(drop(Datagram.CLIENT, 1));
        assertThat(deliver(request(2, random(12_000))[0]))
                .extracting(Datagram::header)
                .containsExactly(ack(2));
        assertThat(deliver(request(3, random(12_000))[0])).containsExactly(drop(Datagram.CLIENT, 3));
        assertThat(deliver(request(4, random(3_000))[0]))
                .extracting(Datagram::header)
                .containsExactly(ack(4));
        assertThat(server.statistics().unfinishedBytes()).isBetween(15_000L, 20_000L);
    }

    @Test
    void aMessageForWhichNoBufferIsLeftIsRefused() {
        stack.buffers = 2;
        Datagram[] packets = request(1, random(5000));
        assertThat(deliver(packets[0], packets[1])).hasSize(1);
        assertThat(deliver(packets[2])).containsExactly(drop(Datagram.CLIENT, 1));
        assertThat(stack.retained()).isZero();
        assertThat(server.statistics().outOfBuffers()).isEqualTo(1);
        stack.buffers = 0;
        assertThat(deliver(packets[0])).containsExactly(drop(Datagram.CLIENT, 1));
        assertThat(server.statistics().unfinished()).isZero();
    }

    @Test
    void aRefusalIsADropAndTellsTheRouter() {
        serverWith(R2p2ServerOptions.DEFAULTS.withRouter(Datagram.ROUTER));
        handler.refuse = true;
        List<Datagram> sent = deliver(request(0x1234, random(3)));
        assertThat(sent.getFirst()).isEqualTo(drop(Datagram.CLIENT, 0x1234));
        assertThat(sent.getLast())
                .isEqualTo(Datagram.packet(
                        Datagram.ROUTER,
                        R2p2Header.of(R2p2Header.FEEDBACK, 0, 0xC0, 0x1234, 1),
                        new byte[] {0x12, 0x34, (byte) 0x81, (byte) 0xB0, 127, 0, 0, 1}));
    }

    @Test
    void aBriefReplyLeavesAsAnyOtherAndTheRouterIsTold() {
        List<List<Datagram>> sent = new ArrayList<>();
        for (boolean briefly : new boolean[] {false, true}) {
            serverWith(R2p2ServerOptions.DEFAULTS.withRouter(Datagram.ROUTER).withOffLoopback(100));
            handler.briefly = briefly;
            handler.requests.clear();
            List<Datagram> replies = new ArrayList<>();
            for (int length : new int[] {0, 1, 100, MAX}) {
                replies.addAll(deliver(request(7, random(length))));
            }
            replies.addAll(deliver(Datagram.request(ELSEWHERE, 8, random(100))));
            assertThat(handler.requests).hasSize(briefly ? 0 : 5);
            assertThat(server.statistics().executed()).isEqualTo(5);
            assertThat(server.statistics().responsePackets()).isEqualTo(5);
            assertThat(server.statistics().feedbacks()).isEqualTo(5);
            sent.add(replies);
        }
        assertThat(sent.get(1)).isEqualTo(sent.get(0));
    }

    @Test
    void whatIsTooLongForABriefReplyGoesTheUsualWay() {
        handler.briefly = true;
        serverWith(R2p2ServerOptions.DEFAULTS.withOffLoopback(100));
        assertThat(message(deliver(Datagram.request(ELSEWHERE, 8, random(101)))))
                .asString()
                .startsWith("-ERR 101 is over 100");
        byte[] message = random(MAX + 1);
        assertThat(message(deliver(request(1, message)).subList(1, 3))).isEqualTo(message);
        assertThat(handler.requests).hasSize(2);
    }

    @Test
    void aBriefReplyThatCannotBeSentIsCounted() {
        handler.briefly = true;
        stack.sendRoom = 0;
        assertThat(deliver(request(1, random(3)))).isEmpty();
        assertThat(server.statistics().unsent()).isEqualTo(1);
        assertThat(server.statistics().executed()).isEqualTo(1);
        assertThat(server.statistics().responsePackets()).isZero();
    }

    @Test
    void everyFirstPacketIsFollowedByOneFeedback() {
        serverWith(R2p2ServerOptions.DEFAULTS.withRouter(Datagram.ROUTER).withUnfinished(1, 1 << 20, 1 << 20, SECOND));
        deliver(request(1, random(3)));
        deliver(request(2, random(3000)));
        deliver(request(3, random(3000))[0]);
        deliver(request(4, random(3000))[0]); // over the bound
        deliver(request(3, random(3000))[0]); // replaces
        now += 2 * SECOND;
        server.tick(0, stack);
        assertThat(server.statistics().feedbacks()).isEqualTo(5);
    }

    @Test
    void aResponseBeyondTheLimitBecomesTheHandlersErrorReply() {
        handler.answer = R2p2Header.MAX_RESPONSE_BYTES + 1;
        String expected = "-ERR 371857 is over 371856\r\n";
        assertThat(message(deliver(request(1, random(3))))).asString().isEqualTo(expected);
        handler.answer = R2p2Header.MAX_RESPONSE_BYTES;
        assertThat(deliver(request(1, random(3)))).hasSize(254);
        assertThat(server.statistics().tooLarge()).isEqualTo(1);
    }

    @Test
    void peersOffLoopbackAreIgnoredUnlessAskedFor() {
        assertThat(deliver(Datagram.request(ELSEWHERE, 1, random(3)))).isEmpty();
        assertThat(server.statistics().dropped().foreign()).isEqualTo(1);
        assertThat(handler.requests).isEmpty();
        assertThat(deliver(Datagram.request(PeerAddress.of(0x7F123456, 9), 1, random(3))))
                .hasSize(1);
    }

    @Test
    void aResponseOffLoopbackIsCapped() {
        serverWith(R2p2ServerOptions.DEFAULTS.withOffLoopback(100));
        handler.answer = 100;
        assertThat(message(deliver(Datagram.request(ELSEWHERE, 1, random(3))))).hasSize(100);
        handler.answer = 101;
        assertThat(message(deliver(Datagram.request(ELSEWHERE, 1, random(3)))))
                .asString()
                .startsWith("-ERR 101 is over 100");
        assertThat(message(deliver(request(1, random(3))))).hasSize(101);
        serverWith(R2p2ServerOptions.DEFAULTS.withOffLoopback(10));
        assertThat(deliver(Datagram.request(ELSEWHERE, 1, random(3)))).containsExactly(drop(ELSEWHERE, 1));
    }

    @Test
    void whatIsMalformedIsIgnoredAndCountedByReason() {
        Datagram good = request(1, random(4))[0];
        for (int length = 0; length < R2p2Header.BYTES; length++) {
            assertThat(deliver(new Datagram(Datagram.CLIENT, Arrays.copyOf(good.bytes(), length))))
                    .isEmpty();
        }
        deliver(with(good, 0, 0xCD), with(good, 1, 16), with(good, 2, 0x80), with(good, 2, 0xF0));
        deliver(with(good, 3, 0xE0), with(good, 3, 0xC1), with(good, 5 + 2, 2), with(good, 5 + 2, 0));
        deliver(Datagram.packet(Datagram.CLIENT, good.header(), new byte[MAX + 1]));
        for (int type = 1; type <= R2p2Header.LAST_TYPE; type++) {
            deliver(with(good, 2, type << 4));
        }
        deliver(packet(0, 0), packet(R2p2Header.FIRST, 1), packet(R2p2Header.FIRST, 0));
        R2p2ServerStatistics.Dropped dropped = server.statistics().dropped();
        assertThat(dropped.tooShort()).isEqualTo(8);
        assertThat(dropped.badMagic()).isEqualTo(1);
        assertThat(dropped.badHeaderSize()).isEqualTo(1);
        assertThat(dropped.badType()).isEqualTo(2);
        assertThat(dropped.badFlags()).isEqualTo(2);
        assertThat(dropped.badPayload()).isEqualTo(1);
        assertThat(dropped.badOrder()).isEqualTo(2 + 3);
        assertThat(dropped.unexpectedType()).isEqualTo(7);
        assertThat(dropped.malformed()).isEqualTo(8 + 1 + 1 + 2 + 2 + 1 + 5);
        assertThat(handler.requests).isEmpty();
        assertThat(stack.sent()).isEmpty();
    }

    @Test
    void aPacketThatDoesNotFitItsMessageIsIgnored() {
        Datagram[] packets = request(1, random(5000));
        int count = packets.length;
        deliver(packets[0]);
        deliver(packet(R2p2Header.LAST, 2), packet(0, count), packet(0, count - 1), packet(0, 60_000));
        assertThat(server.statistics().dropped().badOrder()).isEqualTo(4);
        assertThat(message(deliver(packets[1], packets[2], packets[3], packets[4])))
                .isEqualTo(random(5000));
    }

    @Test
    void aRefusedSendEndsTheResponseAndIsCounted() {
        handler.answer = 5000;
        stack.sendRoom = 2;
        assertThat(deliver(request(1, random(3)))).hasSize(2);
        assertThat(server.statistics().unsent()).isEqualTo(2);
    }

    @Test
    void aHandlerThatThrowsLeavesNothingRetained() {
        R2p2Server throwing = new R2p2Server(
                1,
                R2p2ServerOptions.DEFAULTS,
                new RequestHandler() {
                    @Override
                    public RequestStatus handle(
                            int queue, dev.situ.memory.SliceList request, dev.situ.memory.SliceList response) {
                        throw new IllegalStateException("on purpose");
                    }

                    @Override
                    public RequestStatus tooLarge(
                            int queue, long length, long limit, dev.situ.memory.SliceList response) {
                        return RequestStatus.REFUSE;
                    }
                },
                () -> now);
        assertThatThrownBy(() -> stack.deliver(throwing, request(1, random(5000))))
                .hasMessage("on purpose");
        assertThat(stack.retained()).isZero();
        assertThat(throwing.statistics().unfinished()).isZero();
    }

    @Test
    void everyQueueHasItsOwnUnfinishedRequests() {
        server = new R2p2Server(2, R2p2ServerOptions.DEFAULTS, handler, () -> now);
        Datagram[] packets = request(1, random(1470));
        stack.queue = 1;
        deliver(packets[0]);
        stack.queue = 0;
        assertThat(deliver(packets[1])).isEmpty();
        assertThat(server.statistics().dropped().orphans()).isEqualTo(1);
        stack.queue = 1;
        assertThat(message(deliver(packets[1]))).isEqualTo(random(1470));
        assertThat(handler.queues).containsExactly(1);
    }

    @Test
    void optionsOutOfRangeAreRejected() {
        assertThatThrownBy(() -> R2p2ServerOptions.DEFAULTS.withOffLoopback(R2p2Header.MAX_RESPONSE_BYTES + 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("offLoopbackResponseBytes");
        assertThatThrownBy(() -> R2p2ServerOptions.DEFAULTS.withUnfinished(-1, 0, 0, 1))
                .hasMessageContaining("maxUnfinished");
    }

    private static Datagram packet(int flags, int order) {
        return Datagram.packet(Datagram.CLIENT, R2p2Header.of(R2p2Header.REQUEST, 0, flags, 1, order), new byte[5]);
    }

    private static Datagram with(Datagram good, int index, int value) {
        byte[] bytes = good.bytes().clone();
        bytes[index] = (byte) value;
        return new Datagram(good.peer(), bytes);
    }
}
