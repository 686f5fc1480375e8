package dev.situ.r2p2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What the client sends and how its calls end, with a server that is played packet by packet.
class ReliableClientTest {
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000_000_000;
    private static final int SESSION = 0x0BADCAFE;
    private static final long OTHER_SERVER = Datagram.ROUTER;

    private final MemoryStack stack = new MemoryStack();
    private final List<String> ends = new ArrayList<>();
    private long now = 5 * SECOND;
    private ReliableClient client = clientWith(ReliableClientOptions.DEFAULTS);
    private int nonce;

    private ReliableClient clientWith(ReliableClientOptions options) {
        client = new ReliableClient(new long[] {Datagram.SERVER, OTHER_SERVER}, options, () -> now);
        return client;
    }

    private CallStart call(String text, long timeoutNanos) {
        MemorySegment memory = Arena.ofAuto().allocate(Math.max(1, text.length()));
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        Words.copyFrom(bytes, 0, memory, 0, bytes.length);
        return client.call(stack, memory, 0, bytes.length, now + timeoutNanos, this::ended, 0);
    }

    private void ended(long token, CallStatus status, SliceList response) {
        ends.add(status
                + (status == CallStatus.OK
                        ? " " + new String(VectorsTest.bytes(response), StandardCharsets.US_ASCII)
                        : ""));
    }

    private List<Datagram> tick(long afterNanos) {
        now += afterNanos;
        client.tick(stack);
        return stack.sent();
    }

    private static Datagram fromServer(int type, int session, int rid, int credit, byte[] payload) {
        byte[] bytes = new byte[ReliableHeader.BYTES + payload.length];
        ReliableHeader.write(
                MemorySegment.ofArray(bytes),
                0,
                ReliableHeader.alone(type, rid),
                ReliableHeader.toClient(session, rid, credit));
        System.arraycopy(payload, 0, bytes, ReliableHeader.BYTES, payload.length);
        return new Datagram(Datagram.SERVER, bytes);
    }

    private static Datagram response(int rid, String text) {
        return fromServer(R2p2Header.RESPONSE, SESSION, rid, 16, text.getBytes(StandardCharsets.US_ASCII));
    }

    private Datagram openOk(int session, int credit, int largest) {
        byte[] payload = new byte[ReliableHeader.OPEN_PAYLOAD];
        MemorySegment memory = MemorySegment.ofArray(payload);
        Words.setShortBe(memory, 0, credit);
        Words.setIntBe(memory, 2, largest);
        Words.setShortBe(memory, 6, ReliableHeader.MAX_PAYLOAD);
        return fromServer(ReliableHeader.OPEN_OK, session, nonce, credit, payload);
    }

    /// Takes the OPEN that was sent, and answers it.
    private List<Datagram> open(int credit, int largest) {
        expectOpen(stack.sent());
        return stack.deliver(client, openOk(SESSION, credit, largest));
    }

    private void expectOpen(List<Datagram> sent) {
        assertThat(sent).hasSize(1);
        assertThat(type(sent.getFirst())).isEqualTo(ReliableHeader.OPEN);
        nonce = ReliableHeader.session(second(sent.getFirst()));
    }

    private static int type(Datagram datagram) {
        return R2p2Header.type(datagram.header());
    }

    private static long second(Datagram datagram) {
        return ReliableHeader.readSecond(MemorySegment.ofArray(datagram.bytes()), 0);
    }

    private static int rid(Datagram datagram) {
        return ReliableHeader.ridToServer(datagram.header(), second(datagram));
    }

    private static int finished(Datagram datagram) {
        return ReliableHeader.finished(second(datagram), rid(datagram));
    }

    @Test
    void aSessionIsOpenedForTheFirstCallAndItsRidsCountUpFromTheNonce() {
        call("a", SECOND);
        call("b", SECOND);
        List<Datagram> requests = open(16, 1000);
        assertThat(requests).extracting(ReliableClientTest::rid).containsExactly(nonce, nonce + 1);
        assertThat(requests).allSatisfy(r -> assertThat(finished(r)).isEqualTo(nonce));
        stack.deliver(client, response(nonce + 1, "B"), response(nonce, "A"));
        assertThat(ends).containsExactly("OK B", "OK A");
        call("c", SECOND);
        assertThat(stack.sent())
                .singleElement()
                .satisfies(r -> assertThat(finished(r)).isEqualTo(nonce + 2));
    }

    @Test
    void anAnswerThatIsNotToWhatWasAskedOpensNothing() {
        call("a", SECOND);
        expectOpen(stack.sent());
        nonce++;
        assertThat(stack.deliver(client, openOk(SESSION, 16, 1000))).isEmpty();
        nonce--;
        assertThat(stack.deliver(client, openOk(SESSION, 16, 1000).from(OTHER_SERVER)))
                .isEmpty();
        assertThat(stack.deliver(client, openOk(SESSION, 0, 1000))).isEmpty();
        assertThat(client.statistics().sessions()).isZero();
        assertThat(stack.deliver(client, openOk(SESSION, 16, 1000))).hasSize(1);
        assertThat(client.statistics().unknown()).isEqualTo(1);
        assertThat(client.statistics().foreign()).isEqualTo(1);
        assertThat(client.statistics().malformed()).isEqualTo(1);
    }

    @Test
    void noMoreIsOutstandingThanTheServerAllows() {
        for (int i = 0; i < 5; i++) {
            call("x", SECOND);
        }
        assertThat(open(2, 1000)).hasSize(2);
        Datagram second = fromServer(R2p2Header.RESPONSE, SESSION, nonce + 1, 2, new byte[1]);
        assertThat(stack.deliver(client, second))
                .as("the window begins at the first")
                .isEmpty();
        Datagram first = fromServer(R2p2Header.RESPONSE, SESSION, nonce, 2, new byte[1]);
        assertThat(stack.deliver(client, first)).hasSize(2);
        Datagram third = fromServer(R2p2Header.RESPONSE, SESSION, nonce + 2, 16, new byte[1]);
        assertThat(stack.deliver(client, third)).as("more is allowed now").hasSize(1);
    }

    @Test
    void aRequestIsSentAgainLaterAndLater() {
        call("a", 10 * SECOND);
        assertThat(open(16, 1000)).hasSize(1);
        List<Long> at = new ArrayList<>();
        long start = now;
        while (now - start < 400 * MILLI) {
            if (!tick(MILLI / 10).isEmpty()) {
                at.add(now - start);
            }
        }
        assertThat(at).hasSizeBetween(5, 12);
        for (int i = 2; i < at.size(); i++) {
            assertThat(at.get(i) - at.get(i - 1)).isGreaterThan((at.get(i - 1) - at.get(i - 2)) * 3 / 2);
        }
        stack.deliver(client, response(nonce, "late"), response(nonce, "late"));
        assertThat(ends).containsExactly("OK late");
        assertThat(client.statistics().retransmitted()).isEqualTo(at.size());
        assertThat(client.statistics().duplicates()).isEqualTo(1);
    }

    @Test
    void whatNoRequestTakesAlongIsAcknowledgedWithinAMillisecond() {
        call("a", SECOND);
        open(16, 1000);
        stack.deliver(client, response(nonce, "A"));
        assertThat(tick(MILLI / 2)).isEmpty();
        assertThat(tick(MILLI)).singleElement().satisfies(ack -> {
            assertThat(type(ack)).isEqualTo(R2p2Header.ACK);
            assertThat(finished(ack)).isEqualTo(nonce + 1);
        });
        assertThat(tick(SECOND)).as("once").isEmpty();
    }

    @Test
    void aResetEndsWhatWasSentAndOpensAnewForWhatWasNot() {
        call("sent", SECOND);
        assertThat(open(1, 1000)).hasSize(1);
        call("waits", SECOND);
        assertThat(stack.deliver(client, fromServer(ReliableHeader.RESET, SESSION + 1, nonce, 0, new byte[0])))
                .as("of another session")
                .isEmpty();
        assertThat(ends).isEmpty();
        expectOpen(stack.deliver(client, fromServer(ReliableHeader.RESET, SESSION, nonce, 0, new byte[0])));
        assertThat(ends).containsExactly("OUTCOME_UNKNOWN");
        assertThat(stack.deliver(client, openOk(7, 16, 1000))).hasSize(1);
        stack.deliver(client, response(nonce, "of the old session"));
        assertThat(ends).hasSize(1);
        stack.deliver(client, fromServer(R2p2Header.RESPONSE, 7, nonce, 16, new byte[] {'W'}));
        assertThat(ends).containsExactly("OUTCOME_UNKNOWN", "OK W");
    }

    @Test
    void aRefusalEndsTheCall() {
        call("a", SECOND);
        open(16, 1000);
        stack.deliver(client, fromServer(R2p2Header.DROP, SESSION, nonce, 16, new byte[0]));
        assertThat(ends).containsExactly("REFUSED");
    }

    @Test
    void aRequestThatIsTooLargeIsNotSent() {
        call("12345", SECOND);
        assertThat(open(16, 4)).isEmpty();
        assertThat(ends).containsExactly("TOO_LARGE");
        assertThat(call("12345", SECOND)).isEqualTo(CallStart.TOO_LARGE);
        assertThat(call("1234", SECOND)).isEqualTo(CallStart.STARTED);
    }

    @Test
    void theNextServerIsAskedWhenOneDoesNotAnswer() {
        call("a", 100 * SECOND);
        long last = 0;
        for (int i = 0; i < 400 && last != OTHER_SERVER; i++) {
            for (Datagram sent : tick(10 * MILLI)) {
                last = sent.peer();
            }
        }
        assertThat(last).isEqualTo(OTHER_SERVER);
    }

    @Test
    void aServerThatIsNotHeardOfAnyMoreIsGivenUp() {
        clientWith(ReliableClientOptions.DEFAULTS.withGiveUp(3 * SECOND));
        call("a", 100 * SECOND);
        open(16, 1000);
        List<Datagram> last = List.of();
        for (int i = 0; i < 400 && ends.isEmpty(); i++) {
            last = tick(10 * MILLI);
        }
        assertThat(ends).containsExactly("TIMED_OUT");
        assertThat(now).isBetween(8 * SECOND, 9 * SECOND);
        assertThat(last).isEmpty();
        call("b", SECOND);
        assertThat(stack.sent())
                .singleElement()
                .satisfies(open -> assertThat(open.peer()).isEqualTo(OTHER_SERVER));
    }

    @Test
    void anIdleClientOpensANewSession() {
        call("a", SECOND);
        open(16, 1000);
        stack.deliver(client, response(nonce, "A"));
        tick(10 * SECOND);
        call("b", SECOND);
        assertThat(stack.sent())
                .singleElement()
                .satisfies(r -> assertThat(type(r)).isEqualTo(R2p2Header.REQUEST));
        stack.deliver(client, response(nonce + 1, "B"));
        tick(30 * SECOND);
        call("c", SECOND);
        expectOpen(stack.sent());
    }

    @Test
    void callsBeyondTheLimitAndAfterTheEndAreNotStarted() {
        clientWith(ReliableClientOptions.DEFAULTS.withMaxOutstanding(1));
        assertThat(call("a", SECOND)).isEqualTo(CallStart.STARTED);
        assertThat(call("b", SECOND)).isEqualTo(CallStart.BUSY);
        tick(2 * SECOND);
        assertThat(ends).containsExactly("TIMED_OUT");
        assertThat(call("c", SECOND)).isEqualTo(CallStart.STARTED);
        client.close();
        assertThat(ends).containsExactly("TIMED_OUT", "CLOSED");
        assertThat(call("d", SECOND)).isEqualTo(CallStart.CLOSED);
        assertThatThrownBy(() -> new ReliableClient(new long[0], ReliableClientOptions.DEFAULTS, () -> now))
                .hasMessage("no server");
    }

    @Test
    void collectedCallsLeaveTogether() {
        client.beginCalls();
        call("a", SECOND);
        call("b", SECOND);
        assertThat(stack.sent()).isEmpty();
        client.endCalls(stack);
        assertThat(open(16, 1000)).hasSize(2);
    }
}
