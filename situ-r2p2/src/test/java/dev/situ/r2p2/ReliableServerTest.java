package dev.situ.r2p2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.situ.udp.PeerAddress;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What the server answers to single packets of the reliable mode, and what it keeps.
class ReliableServerTest {
    private static final long SECOND = 1_000_000_000;
    private static final long OTHER = PeerAddress.of(0x0A000001, 33200);
    private static final int FIRST_RID = 0x1234FFFE; // the low half wraps early

    private final MemoryStack stack = new MemoryStack();
    private final EchoHandler handler = new EchoHandler();
    private long now;
    private R2p2Server server = serverWith(ReliableServerOptions.DEFAULTS);

    private R2p2Server serverWith(ReliableServerOptions options) {
        server = new R2p2Server(1, R2p2ServerOptions.DEFAULTS, options, handler, ResponseOwners.LASTING, () -> now);
        return server;
    }

    private List<Datagram> deliver(Datagram... datagrams) {
        return stack.deliver(server, datagrams);
    }

    private static Datagram packet(long peer, long first, long second, byte[] payload) {
        byte[] bytes = new byte[ReliableHeader.BYTES + payload.length];
        ReliableHeader.write(MemorySegment.ofArray(bytes), 0, first, second);
        System.arraycopy(payload, 0, bytes, ReliableHeader.BYTES, payload.length);
        return new Datagram(peer, bytes);
    }

    private static Datagram open(long peer, int firstRid) {
        return packet(
                peer,
                ReliableHeader.alone(ReliableHeader.OPEN, firstRid),
                ReliableHeader.toServer(firstRid, firstRid, firstRid),
                new byte[ReliableHeader.OPEN_PAYLOAD]);
    }

    private static Datagram request(long peer, int session, int finished, int rid, String text) {
        return packet(
                peer,
                ReliableHeader.alone(R2p2Header.REQUEST, rid),
                ReliableHeader.toServer(session, finished, rid),
                text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }

    private static long second(Datagram datagram) {
        return ReliableHeader.readSecond(MemorySegment.ofArray(datagram.bytes()), 0);
    }

    private static String text(Datagram datagram) {
        byte[] bytes = datagram.bytes();
        return new String(
                bytes,
                ReliableHeader.BYTES,
                bytes.length - ReliableHeader.BYTES,
                java.nio.charset.StandardCharsets.US_ASCII);
    }

    private int session(long peer, int firstRid) {
        List<Datagram> answer = deliver(open(peer, firstRid));
        assertThat(answer).hasSize(1);
        assertThat(R2p2Header.type(answer.getFirst().header())).isEqualTo(ReliableHeader.OPEN_OK);
        assertThat(ReliableHeader.ridToClient(answer.getFirst().header(), second(answer.getFirst())))
                .isEqualTo(firstRid);
        return ReliableHeader.session(second(answer.getFirst()));
    }

    private void assertAnswers(Datagram request, int type) {
        List<Datagram> answers = deliver(request);
        assertThat(answers).hasSize(1);
        assertThat(R2p2Header.type(answers.getFirst().header())).isEqualTo(type);
        assertThat(answers.getFirst().peer()).isEqualTo(request.peer());
    }

    @Test
    void nothingIsKeptForWhoOnlyAsks() {
        Datagram ask = open(OTHER, FIRST_RID);
        for (int i = 0; i < 100; i++) {
            List<Datagram> answers = deliver(ask);
            assertThat(answers).hasSize(1);
            assertThat(answers.getFirst().bytes()).hasSameSizeAs(ask.bytes());
        }
        assertThat(server.reliableStatistics().sessions()).isZero();
        assertThat(server.reliableStatistics().calls()).isZero();
    }

    @Test
    void aRequestIsExecutedOnceHoweverOftenItComes() {
        int session = session(OTHER, FIRST_RID);
        Datagram request = request(OTHER, session, FIRST_RID, FIRST_RID, "hello");
        for (int i = 0; i < 5; i++) {
            List<Datagram> answers = deliver(request, request, request);
            assertThat(answers).as("one answer a burst, but for the first").hasSizeBetween(1, 2);
            assertThat(answers).allSatisfy(answer -> assertThat(text(answer)).isEqualTo("hello"));
        }
        assertThat(handler.requests).hasSize(1);
        assertAnswers(request(OTHER, session, FIRST_RID + 1, FIRST_RID + 1, "next"), R2p2Header.RESPONSE);
        assertThat(deliver(request)).as("it is finished").isEmpty();
        assertThat(handler.requests).hasSize(2);
        assertThat(server.reliableStatistics().retainedBytes()).isEqualTo(4);
    }

    @Test
    void aRidOfManyRoundsAgoIsNotTakenForANewOne() {
        int session = session(OTHER, FIRST_RID);
        Datagram old = request(OTHER, session, FIRST_RID, FIRST_RID, "old");
        deliver(old);
        int rid = FIRST_RID;
        for (int i = 0; i < 70_000; i++) {
            rid++;
            deliver(request(OTHER, session, rid, rid, "x"));
        }
        int executed = handler.requests.size();
        assertThat(executed).isEqualTo(70_001);
        assertThat(deliver(old)).isEmpty();
        assertThat(deliver(request(OTHER, session, FIRST_RID + 2, FIRST_RID + 3, "late")))
                .isEmpty();
        assertThat(handler.requests).hasSize(executed);
    }

    @Test
    void aSessionOpensOnlyForWhomItWasGivenToAndInTime() {
        int session = session(OTHER, FIRST_RID);
        long elsewhere = PeerAddress.of(0x0A000001, 33201);
        assertAnswers(request(elsewhere, session, FIRST_RID, FIRST_RID, "x"), ReliableHeader.RESET);
        assertAnswers(request(OTHER, session + 1, FIRST_RID, FIRST_RID, "x"), ReliableHeader.RESET);
        assertAnswers(request(OTHER, session, FIRST_RID + 1, FIRST_RID + 1, "x"), ReliableHeader.RESET);
        assertAnswers(request(OTHER, session, FIRST_RID, FIRST_RID + 256, "x"), ReliableHeader.RESET);
        now += 20 * SECOND;
        assertAnswers(request(OTHER, session, FIRST_RID, FIRST_RID, "x"), ReliableHeader.RESET);
        assertThat(handler.requests).isEmpty();
    }

    @Test
    void aForgottenSessionIsNotOpenedAgainByALatePacket() {
        int session = session(OTHER, FIRST_RID);
        Datagram request = request(OTHER, session, FIRST_RID, FIRST_RID, "x");
        deliver(request);
        tickFor(200 * SECOND);
        assertThat(server.reliableStatistics().sessions()).isZero();
        assertThat(server.reliableStatistics().calls()).isZero();
        assertAnswers(request, ReliableHeader.RESET);
        assertThat(handler.requests).hasSize(1);
    }

    @Test
    void aServerThatWasStartedAgainExecutesNothingOfBefore() {
        int session = session(OTHER, FIRST_RID);
        Datagram request = request(OTHER, session, FIRST_RID, FIRST_RID, "x");
        deliver(request);
        serverWith(ReliableServerOptions.DEFAULTS);
        assertAnswers(request, ReliableHeader.RESET);
        assertThat(handler.requests).hasSize(1);
    }

    @Test
    void aFullTableKeepsTheSessionsThatMightBeOpenedAgain() {
        serverWith(ReliableServerOptions.DEFAULTS.withCounts(16, 2, 100));
        for (int i = 0; i < 2; i++) {
            long peer = OTHER + i;
            deliver(request(peer, session(peer, FIRST_RID), FIRST_RID, FIRST_RID, "x"));
        }
        long third = OTHER + 2;
        int session = session(third, FIRST_RID);
        assertThat(deliver(request(third, session, FIRST_RID, FIRST_RID, "x"))).isEmpty();
        assertThat(handler.requests).hasSize(2);
        now += 20 * SECOND;
        session = session(third, FIRST_RID);
        assertAnswers(request(third, session, FIRST_RID, FIRST_RID, "x"), R2p2Header.RESPONSE);
        assertThat(server.reliableStatistics().evicted()).isEqualTo(1);
        assertThat(server.reliableStatistics().sessions()).isEqualTo(2);
    }

    @Test
    void aRefusedRequestStaysRefused() {
        int session = session(OTHER, FIRST_RID);
        handler.refuse = true;
        Datagram request = request(OTHER, session, FIRST_RID, FIRST_RID, "x");
        assertAnswers(request, R2p2Header.DROP);
        handler.refuse = false;
        assertAnswers(request, R2p2Header.DROP);
        assertThat(handler.requests).hasSize(1);
    }

    @Test
    void aHandlerThatThrowsIsNotCalledAgain() {
        int[] calls = {0};
        server = new R2p2Server(
                1,
                R2p2ServerOptions.DEFAULTS,
                ReliableServerOptions.DEFAULTS,
                new RequestHandler() {
                    @Override
                    public RequestStatus handle(
                            int queue, dev.situ.memory.SliceList request, dev.situ.memory.SliceList response) {
                        calls[0]++;
                        throw new IllegalStateException("on purpose");
                    }

                    @Override
                    public RequestStatus tooLarge(
                            int queue, long length, long limit, dev.situ.memory.SliceList response) {
                        return RequestStatus.REFUSE;
                    }
                },
                ResponseOwners.LASTING,
                () -> now);
        Datagram request = request(OTHER, session(OTHER, FIRST_RID), FIRST_RID, FIRST_RID, "x");
        assertThatThrownBy(() -> deliver(request)).hasMessage("on purpose");
        assertThat(deliver(request)).isEmpty();
        assertThat(calls[0]).isEqualTo(1);
    }

    @Test
    void aLongRequestIsRefusedBeforeItTakesMemory() {
        serverWith(ReliableServerOptions.DEFAULTS.withBytes(1 << 20, 100_000, 1 << 20, 1 << 20));
        int session = session(OTHER, FIRST_RID);
        long second = ReliableHeader.toServer(session, FIRST_RID, FIRST_RID);
        byte[] payload = new byte[ReliableHeader.MAX_PAYLOAD];
        long last = ReliableHeader.ofPacket(R2p2Header.REQUEST, FIRST_RID, 69, 71);
        assertAnswers(packet(OTHER, last, second, payload), R2p2Header.DROP);
        assertThat(stack.retained()).isZero();
        assertThat(server.reliableStatistics().unfinishedBytes()).isZero();
        long first = ReliableHeader.ofPacket(R2p2Header.REQUEST, FIRST_RID, 0, 2);
        assertAnswers(packet(OTHER, first, second, payload), R2p2Header.DROP);
    }

    @Test
    void whatASilentClientHoldsIsGivenUp() {
        int session = session(OTHER, FIRST_RID);
        byte[] payload = new byte[ReliableHeader.MAX_PAYLOAD];
        Datagram part = packet(
                OTHER,
                ReliableHeader.ofPacket(R2p2Header.REQUEST, FIRST_RID, 0, 3),
                ReliableHeader.toServer(session, FIRST_RID, FIRST_RID),
                payload);
        assertAnswers(part, R2p2Header.ACK);
        handler.answer = 100_000;
        deliver(request(OTHER, session, FIRST_RID, FIRST_RID + 1, "much"));
        assertThat(stack.retained()).isEqualTo(1);
        assertThat(server.reliableStatistics().retainedBytes()).isEqualTo(100_000);
        tickFor(8 * SECOND);
        assertThat(stack.retained()).isZero();
        assertThat(server.reliableStatistics().retainedBytes()).isZero();
        assertThat(server.reliableStatistics().givenUp()).isEqualTo(2);
        stack.sent();
        assertAnswers(part, R2p2Header.DROP);
        assertThat(handler.requests).hasSize(1);
    }

    @Test
    void bothModesAreServedOnOnePort() {
        int session = session(Datagram.CLIENT, FIRST_RID);
        Datagram[] compatible =
                Datagram.request(Datagram.CLIENT, 7, "compatible".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        List<Datagram> answers =
                deliver(compatible[0], request(Datagram.CLIENT, session, FIRST_RID, FIRST_RID, "reliable"));
        assertThat(answers).hasSize(2);
        assertThat(answers.get(0).payload()).asString().isEqualTo("compatible");
        assertThat(text(answers.get(1))).isEqualTo("reliable");
        assertThat(deliver(compatible[0].from(OTHER)))
                .as("off loopback the compatible mode is off")
                .isEmpty();
    }

    private Datagram ack(int session, int finished, int rid, int next, long bits) {
        byte[] payload = new byte[AckPayload.bytes(1)];
        AckPayload.setNext(MemorySegment.ofArray(payload), 0, next);
        AckPayload.setWord(MemorySegment.ofArray(payload), 0, 0, bits);
        return packet(
                OTHER,
                ReliableHeader.alone(R2p2Header.ACK, rid),
                ReliableHeader.toServer(session, finished, rid),
                payload);
    }

    private static List<Integer> indices(List<Datagram> packets) {
        return packets.stream()
                .map(packet -> R2p2Header.first(packet.header()) ? 0 : R2p2Header.order(packet.header()))
                .toList();
    }

    private void tickFor(long nanos) {
        for (long end = now + nanos; now < end; ) {
            now += SECOND / 4;
            server.tick(0, stack);
        }
    }

    /// As when the machine is suspended: nobody was silent.
    @Test
    void whatItDidNotHearWhileItWasStoppedIsNoSilence() {
        int session = session(OTHER, FIRST_RID);
        handler.answer = 100_000;
        deliver(request(OTHER, session, FIRST_RID, FIRST_RID, "much"));
        for (int i = 0; i < 3; i++) {
            now += 100 * SECOND;
            tickFor(SECOND);
        }
        assertThat(server.reliableStatistics().givenUp()).isZero();
        assertThat(server.reliableStatistics().retainedBytes()).isEqualTo(100_000);
        deliver(ack(session, FIRST_RID, FIRST_RID, AckPayload.ALL, 0));
        assertThat(server.reliableStatistics().retainedBytes()).isZero();
        tickFor(100 * SECOND);
        assertThat(server.reliableStatistics().sessions())
                .as("forgotten in time")
                .isZero();
    }

    @Test
    void onlyWhatIsMissingIsSentAgain() {
        int session = session(OTHER, FIRST_RID);
        handler.answer = 20 * ReliableHeader.MAX_PAYLOAD;
        assertThat(indices(deliver(request(OTHER, session, FIRST_RID, FIRST_RID, "x"))))
                .hasSize(20)
                .isSorted();
        // 0 to 2 are here, 3 and 7 are missing, 4 to 6 and 8 to 19 are here
        long here = 0b1110_1111_1111_1110L << 48;
        List<Datagram> again = deliver(ack(session, FIRST_RID, FIRST_RID, 3, here));
        assertThat(indices(again)).containsExactly(3, 7);
        assertThat(deliver(ack(session, FIRST_RID, FIRST_RID, 3, here)))
                .as("they are on their way")
                .isEmpty();
        deliver(ack(session, FIRST_RID, FIRST_RID, AckPayload.ALL, 0));
        assertThat(server.reliableStatistics().retainedBytes()).isZero();
        assertThat(server.reliableStatistics().retransmitted()).isEqualTo(2);
    }

    @Test
    void whatIsNotAcknowledgedInTimeIsSentAgainAndNotForEver() {
        int session = session(OTHER, FIRST_RID);
        handler.answer = 3 * ReliableHeader.MAX_PAYLOAD;
        deliver(request(OTHER, session, FIRST_RID, FIRST_RID, "x"));
        int sent = 0;
        for (int i = 0; i < 4000; i++) {
            now += SECOND / 1000;
            server.tick(0, stack);
            sent += stack.sent().size();
        }
        assertThat(sent).isBetween(9, 33);
        assertThat(server.reliableStatistics().timeOuts()).isBetween(5L, 11L);
    }

    @Test
    void shortRepliesGoBeforeSlicesOfLongOnes() {
        int session = session(OTHER, FIRST_RID);
        handler.answer = 1 << 20;
        List<Datagram> slice = deliver(request(OTHER, session, FIRST_RID, FIRST_RID, "long"));
        assertThat(slice).as("as much as the window allows").hasSize(CongestionWindow.INITIAL);
        handler.answer = 5;
        List<Datagram> next = deliver(
                ack(session, FIRST_RID, FIRST_RID, 32, 0), request(OTHER, session, FIRST_RID, FIRST_RID + 1, "short"));
        assertThat(next).hasSizeGreaterThan(32);
        assertThat(next.getFirst().payload()).hasSize(8 + 5);
    }

    @Test
    void longResponsesTakeTurnsOnceEachHasSentOnePacket() {
        int session = session(OTHER, FIRST_RID);
        handler.answer = 1 << 20;
        List<Datagram> sent = deliver(
                request(OTHER, session, FIRST_RID, FIRST_RID, "a"),
                request(OTHER, session, FIRST_RID, FIRST_RID + 1, "b"));
        assertThat(sent.stream()
                        .map(packet -> R2p2Header.rid(packet.header()) & 1)
                        .toList())
                .startsWith(0, 1, 0, 0)
                .endsWith(1, 1)
                .hasSize(CongestionWindow.INITIAL);
    }

    /// A flood of what anybody can send in anybody's name.
    @Test
    void aForgedSourceGetsNoMoreThanItSendsAndCostsNothing() {
        Random random = new Random(5);
        int session = session(OTHER, FIRST_RID);
        int rid = FIRST_RID;
        for (int i = 0; i < 20_000; i++) {
            long victim = PeerAddress.of(random.nextInt(), 1 + random.nextInt(65535));
            Datagram forged = forged(victim, random);
            int out = 0;
            for (Datagram answer : deliver(forged)) {
                assertThat(answer.peer()).isEqualTo(victim);
                out += answer.bytes().length;
            }
            assertThat(out).as("%s", forged).isLessThanOrEqualTo(forged.bytes().length);
            if (i % 100 == 0) {
                assertAnswers(request(OTHER, session, rid, rid, "honest"), R2p2Header.RESPONSE);
                rid++;
            }
        }
        assertThat(server.reliableStatistics().sessions()).as("the honest one").isEqualTo(1);
        assertThat(server.reliableStatistics().calls()).isEqualTo(1);
        assertThat(stack.retained()).isZero();
        assertThat(handler.requests).hasSize(200);
    }

    private static Datagram forged(long victim, Random random) {
        int type = List.of(R2p2Header.REQUEST, R2p2Header.ACK, ReliableHeader.OPEN, ReliableHeader.RESET, 11)
                .get(random.nextInt(5));
        int count = random.nextInt(3) == 0 ? 2 + random.nextInt(60_000) : 1;
        int index = random.nextInt(count);
        int rid = random.nextInt();
        byte[] payload = new byte[index < count - 1 ? ReliableHeader.MAX_PAYLOAD : random.nextInt(60)];
        return packet(
                victim,
                ReliableHeader.ofPacket(type, rid, index, count),
                ReliableHeader.toServer(random.nextInt(), rid, rid),
                payload);
    }

    @Test
    void optionsOutOfRangeAreRefused() {
        ReliableServerOptions options = ReliableServerOptions.DEFAULTS;
        assertThatThrownBy(() -> options.withCounts(3, 1, 1)).hasMessage("credit out of range: 3");
        assertThatThrownBy(() -> options.withBytes(1L << 40, 1, 1, 1 << 20)).hasMessageContaining("maxMessageBytes");
        assertThatThrownBy(() -> options.withTimes(1, 1000, 10))
                .as("shorter than an id is good for")
                .hasMessageContaining("idleNanos");
        assertThat(Arrays.asList(options, options.withCounts(1, 1, 1))).doesNotContainNull();
    }
}
