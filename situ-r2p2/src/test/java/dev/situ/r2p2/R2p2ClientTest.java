package dev.situ.r2p2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.situ.memory.Words;
import dev.situ.udp.PeerAddress;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class R2p2ClientTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int MAX = R2p2Header.MAX_PAYLOAD;

    record End(long token, CallStatus status, int length, int hash) {
        static End of(long token, CallStatus status, byte[] response) {
            return new End(token, status, response.length, java.util.Arrays.hashCode(response));
        }
    }

    private final MemoryStack stack = new MemoryStack();
    private final List<End> ends = new ArrayList<>();
    private final Completion record =
            (token, status, response) -> ends.add(End.of(token, status, VectorsTest.bytes(response)));
    private long now = -5;
    private R2p2Client client = clientWith(R2p2ClientOptions.DEFAULTS);

    private R2p2Client clientWith(R2p2ClientOptions options) {
        client = new R2p2Client(options, () -> now);
        return client;
    }

    @AfterEach
    void nothingIsRetainedAfterClose() {
        client.close();
        assertThat(client.outstanding()).isZero();
        assertThat(stack.retained()).isZero();
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private CallStart call(byte[] request, long token, Completion completion) {
        MemorySegment memory = Arena.ofAuto().allocate(Math.max(1, request.length));
        Words.copyFrom(request, 0, memory, 0, request.length);
        return client.call(stack, Datagram.SERVER, memory, 0, request.length, now + SECOND, completion, token);
    }

    private int rid(byte[] request, long token) {
        assertThat(call(request, token, record)).isEqualTo(CallStart.STARTED);
        return R2p2Header.rid(stack.sent().getFirst().header());
    }

    private List<Datagram> deliver(Datagram... datagrams) {
        return stack.deliver(client, datagrams);
    }

    private static Datagram ack(long from, int rid) {
        long header = R2p2Header.of(R2p2Header.ACK, R2p2Header.FIXED, 0xC0, rid, 1);
        return Datagram.packet(from, header, new byte[] {'A', 'C', 'K'});
    }

    private static Datagram drop(int rid) {
        long header = R2p2Header.of(R2p2Header.DROP, R2p2Header.FIXED, 0xC0, rid, 1);
        return Datagram.packet(Datagram.SERVER, header, new byte[] {'D', 'R', 'O', 'P'});
    }

    private static Datagram[] response(int rid, byte[] message) {
        int count = R2p2Header.packets(message.length, MAX);
        Datagram[] packets = new Datagram[count];
        for (int i = 0; i < count; i++) {
            byte[] payload = java.util.Arrays.copyOfRange(message, i * MAX, Math.min(message.length, (i + 1) * MAX));
            long header = R2p2Header.ofPacket(R2p2Header.RESPONSE, R2p2Header.FIXED, rid, i, count);
            packets[i] = Datagram.packet(Datagram.SERVER, header, payload);
        }
        return packets;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1464, 1465, 1478, 1479, 100_000, 300_000, 1_000_000})
    void requestsAndResponsesOfAnyLength(int length) {
        byte[] message = random(length);
        assertThat(call(message, 1, record)).isEqualTo(CallStart.STARTED);
        List<Datagram> sent = new ArrayList<>(stack.sent());
        assertThat(sent).hasSize(1);
        int rid = R2p2Header.rid(sent.getFirst().header());
        if (length > MAX) {
            assertThat(sent.getFirst().payload()).hasSize(14);
            sent.addAll(deliver(ack(Datagram.SERVER, rid)));
        }
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        sent.forEach(p -> request.writeBytes(p.payload()));
        assertThat(request.toByteArray()).isEqualTo(message);
        deliver(response(rid, message));
        assertThat(ends).containsExactly(End.of(1, CallStatus.OK, message));
        assertThat(stack.retained()).isZero();
        assertThat(client.outstanding()).isZero();
    }

    @Test
    void responsePacketsMayArriveInAnyOrderAndTwice() {
        byte[] message = random(10_000);
        int rid = rid(random(3), 1);
        Datagram[] packets = response(rid, message);
        for (int i = packets.length - 1; i > 0; i--) {
            deliver(packets[i], packets[i]);
        }
        assertThat(ends).isEmpty();
        assertThat(client.statistics().duplicates()).isEqualTo(packets.length - 1);
        deliver(packets[0]);
        assertThat(ends).containsExactly(End.of(1, CallStatus.OK, message));
        deliver(packets);
        assertThat(client.statistics().unknown()).isEqualTo(packets.length);
    }

    @Test
    void callsAreCompletedInTheOrderOfTheirResponses() {
        int a = rid(random(3), 1);
        int b = rid(random(3), 2);
        deliver(response(b, random(20))[0], response(a, random(10))[0]);
        assertThat(ends).containsExactly(End.of(2, CallStatus.OK, random(20)), End.of(1, CallStatus.OK, random(10)));
    }

    @Test
    void theRestGoesToWhereTheAckCameFrom() {
        clientWith(R2p2ClientOptions.DEFAULTS.throughRouter());
        long chosen = PeerAddress.of(0x7F000009, 8001);
        int rid = rid(random(5000), 1);
        List<Datagram> rest = deliver(ack(chosen, rid));
        assertThat(rest).hasSize(4).allMatch(p -> p.peer() == chosen);
        deliver(response(rid, random(4))); // from another than the chosen server
        assertThat(client.statistics().foreign()).isEqualTo(1);
        deliver(response(rid, random(4))[0].from(chosen));
        assertThat(ends).containsExactly(End.of(1, CallStatus.OK, random(4)));
    }

    @Test
    void throughARouterAnyServerMayAnswer() {
        clientWith(R2p2ClientOptions.DEFAULTS.throughRouter());
        int rid = rid(random(5), 1);
        deliver(response(rid, random(4))[0].from(PeerAddress.of(0x7F000009, 8001)));
        assertThat(ends).hasSize(1);
    }

    @Test
    void packetsFromElsewhereAreIgnored() {
        int rid = rid(random(5), 1);
        deliver(response(rid, random(4))[0].from(PeerAddress.of(0x7F000001, 8001)));
        deliver(response(rid, random(4))[0].from(PeerAddress.of(0x7F000002, 8000)));
        assertThat(client.statistics().foreign()).isEqualTo(2);
        assertThat(ends).isEmpty();
    }

    @Test
    void aSecondAckAndAnEarlyResponseAreIgnored() {
        int rid = rid(random(5000), 1);
        deliver(response(rid, random(4)));
        assertThat(client.statistics().unexpected()).isEqualTo(1);
        assertThat(deliver(ack(Datagram.SERVER, rid))).hasSize(4);
        assertThat(deliver(ack(Datagram.SERVER, rid))).isEmpty();
        assertThat(client.statistics().duplicates()).isEqualTo(1);
        deliver(response(rid, random(4)));
        assertThat(ends).hasSize(1);
    }

    @Test
    void anAckMustHaveThreeBytes() {
        int rid = rid(random(5000), 1);
        long header = ack(Datagram.SERVER, rid).header();
        assertThat(deliver(Datagram.packet(Datagram.SERVER, header, new byte[4])))
                .isEmpty();
        assertThat(client.statistics().malformed()).isEqualTo(1);
    }

    @Test
    void aDropRefusesTheCallInEveryState() {
        int alone = rid(random(5), 1);
        int first = rid(random(5000), 2);
        int acked = rid(random(5000), 3);
        deliver(ack(Datagram.SERVER, acked));
        int answered = rid(random(5), 4);
        deliver(response(answered, random(5000))[0]);
        deliver(drop(alone), drop(first), drop(acked), drop(answered));
        assertThat(ends)
                .extracting(End::status)
                .containsOnly(CallStatus.REFUSED)
                .hasSize(4);
        assertThat(stack.retained()).isZero();
    }

    @Test
    void aCallWithoutAnswerTimesOutAndItsLateAnswerIsIgnored() {
        int rid = rid(random(5), 1);
        assertThat(client.delay()).isBetween(1L, SECOND + (1 << 20));
        now += SECOND / 2;
        client.tick();
        assertThat(ends).isEmpty();
        now += SECOND;
        client.tick();
        assertThat(client.delay()).isEqualTo(Long.MAX_VALUE);
        assertThat(ends).containsExactly(End.of(1, CallStatus.TIMED_OUT, new byte[0]));
        deliver(response(rid, random(4)));
        assertThat(ends).hasSize(1);
        assertThat(client.statistics().unknown()).isEqualTo(1);
    }

    @Test
    void aHalfReceivedResponseIsReleasedAtTheTimeOut() {
        int rid = rid(random(5), 1);
        Datagram[] packets = response(rid, random(5000));
        deliver(packets[0], packets[2]);
        assertThat(stack.retained()).isEqualTo(2);
        now += 2 * SECOND;
        client.tick();
        assertThat(stack.retained()).isZero();
    }

    @Test
    void theIdOfATimedOutCallRests() {
        clientWith(new R2p2ClientOptions(1, false, 1, 1 << 20, 10 * SECOND, 65_535));
        assertThat(rid(random(1), 1)).isEqualTo(65_535);
        now += 2 * SECOND;
        client.tick();
        for (int i = 0; i < 65_535; i++) {
            int rid = rid(random(1), i);
            assertThat(rid).isEqualTo(i);
            deliver(drop(rid));
        }
        int next = rid(random(1), 1);
        assertThat(next).as("65535 rests").isZero();
        deliver(drop(next));
        now += 10 * SECOND;
        client.tick();
        for (int i = 1; i < 65_535; i++) {
            deliver(drop(rid(random(1), i)));
        }
        assertThat(rid(random(1), 1)).isEqualTo(65_535);
    }

    @Test
    void noIdIsUsedTwiceWhileOutstanding() {
        clientWith(R2p2ClientOptions.DEFAULTS.withMaxOutstanding(65_536));
        Set<Integer> rids = new HashSet<>();
        for (int i = 0; i < 65_536; i++) {
            assertThat(rids.add(rid(random(1), i))).isTrue();
        }
        assertThat(call(random(1), 0, record)).isEqualTo(CallStart.BUSY);
        deliver(drop(4711));
        assertThat(rid(random(1), 0)).isEqualTo(4711);
    }

    @Test
    void beyondTheMostOutstandingCallsTheClientIsBusy() {
        clientWith(R2p2ClientOptions.DEFAULTS.withMaxOutstanding(2));
        int a = rid(random(1), 1);
        rid(random(1), 2);
        assertThat(call(random(1), 3, record)).isEqualTo(CallStart.BUSY);
        deliver(drop(a));
        assertThat(call(random(1), 3, record)).isEqualTo(CallStart.STARTED);
    }

    @Test
    void aCompletionMayStartTheNextCallWhileItReadsALongResponse() {
        clientWith(R2p2ClientOptions.DEFAULTS.withMaxOutstanding(1));
        byte[] message = random(5000);
        Completion again = (token, status, response) -> {
            assertThat(call(random(1), 2, record)).isEqualTo(CallStart.STARTED);
            record.complete(token, status, response);
        };
        assertThat(call(random(5), 1, again)).isEqualTo(CallStart.STARTED);
        int rid = R2p2Header.rid(stack.sent().getFirst().header());
        List<Datagram> next = deliver(response(rid, message));
        assertThat(ends).containsExactly(End.of(1, CallStatus.OK, message));
        deliver(response(R2p2Header.rid(next.getFirst().header()), message));
        assertThat(ends).hasSize(2).last().isEqualTo(End.of(2, CallStatus.OK, message));
    }

    @Test
    void aResponseWithoutBuffersFails() {
        stack.buffers = 1;
        int rid = rid(random(5), 1);
        deliver(response(rid, random(5000)));
        assertThat(ends).containsExactly(End.of(1, CallStatus.NO_BUFFERS, new byte[0]));
    }

    @Test
    void aResponseThatContradictsItselfFails() {
        int rid = rid(random(5), 1);
        deliver(response(rid, random(10_000))[6]);
        deliver(response(rid, random(3000))[0]);
        assertThat(ends).containsExactly(End.of(1, CallStatus.MALFORMED, new byte[0]));
    }

    @Test
    void aResponseBeyondTheLimitIsIgnored() {
        clientWith(new R2p2ClientOptions(1, false, 10, 5000, SECOND, 1));
        int rid = rid(random(5), 1);
        deliver(response(rid, random(10_000)));
        assertThat(stack.retained()).isLessThanOrEqualTo(4);
        assertThat(ends).isEmpty();
        int other = rid(random(5), 2);
        deliver(response(other, random(5000)));
        assertThat(ends).hasSize(1);
    }

    @Test
    void withoutRoomNothingIsStarted() {
        stack.sendRoom = 0;
        assertThat(call(random(5), 1, record)).isEqualTo(CallStart.NO_ROOM);
        assertThat(client.outstanding()).isZero();
        stack.sendRoom = 2;
        int rid = rid(random(5000), 1);
        deliver(ack(Datagram.SERVER, rid));
        assertThat(ends).containsExactly(End.of(1, CallStatus.UNSENT, new byte[0]));
    }

    @Test
    void bytesThatAreNotThereStartNothing() {
        MemorySegment small = Arena.ofAuto().allocate(10);
        assertThatThrownBy(() -> client.call(stack, Datagram.SERVER, small, 5, 6, SECOND, record, 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
        MemorySegment gone;
        try (Arena arena = Arena.ofConfined()) {
            gone = arena.allocate(10);
        }
        assertThatThrownBy(() -> client.call(stack, Datagram.SERVER, gone, 0, 10, SECOND, record, 1))
                .isInstanceOf(IllegalStateException.class);
        assertThat(client.outstanding()).isZero();
        rid(random(5), 1);
    }

    @Test
    void closeEndsEveryCall() {
        List<CallStart> again = new ArrayList<>();
        Completion stubborn = (token, status, response) -> {
            record.complete(token, status, response);
            again.add(call(random(1), token, record));
        };
        assertThat(call(random(5), 1, stubborn)).isEqualTo(CallStart.STARTED);
        stack.sent();
        int rid = rid(random(5), 2);
        deliver(response(rid, random(5000))[0]);
        client.close();
        assertThat(ends).extracting(End::status).containsExactly(CallStatus.CLOSED, CallStatus.CLOSED);
        assertThat(again).containsExactly(CallStart.CLOSED);
        assertThat(client.statistics().failed()).isEqualTo(2);
    }

    @Test
    void aRequestBeyondTheFormatIsRefused() {
        assertThat(client.call(stack, Datagram.SERVER, MemorySegment.NULL, 0, 100_000_000, SECOND, record, 1))
                .isEqualTo(CallStart.TOO_LARGE);
    }
}
