package dev.situ.r2p2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import dev.situ.udp.PeerAddress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Every exchange recorded of the reference implementation, as server and as client, byte by byte.
class VectorsTest {
    private static final int FEEDBACK_PAYLOAD = 8;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Packet(String from, String to, int fromPort, int toPort, byte[] bytes) {
        Datagram sent() {
            return new Datagram(PeerAddress.of(0x7F000001, toPort), bytes);
        }

        Datagram received() {
            return new Datagram(PeerAddress.of(0x7F000001, fromPort), bytes);
        }
    }

    record Exchange(String name, List<Packet> packets) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Exchange> exchanges() throws IOException {
        List<Exchange> exchanges = new ArrayList<>();
        try (InputStream in = VectorsTest.class.getResourceAsStream("/r2p2-vectors.json")) {
            for (JsonNode exchange : JsonMapper.shared().readTree(in).get("exchanges")) {
                List<Packet> packets = new ArrayList<>();
                for (JsonNode p : exchange.get("packets")) {
                    packets.add(new Packet(
                            p.get("from").asString(),
                            p.get("to").asString(),
                            p.get("fromPort").asInt(),
                            p.get("toPort").asInt(),
                            HexFormat.of().parseHex(p.get("payload").asString())));
                }
                exchanges.add(new Exchange(exchange.get("name").asString(), packets));
            }
        }
        assertThat(exchanges).hasSizeGreaterThanOrEqualTo(9);
        return exchanges;
    }

    @ParameterizedTest
    @MethodSource("exchanges")
    void theServerSendsWhatTheReferenceServerSends(Exchange exchange) {
        EchoHandler handler = new EchoHandler();
        handler.refuse = exchange.name().equals("single_packet_refused");
        R2p2ServerOptions options = R2p2ServerOptions.DEFAULTS;
        if (exchange.name().equals("multi_packet_refused")) {
            options = options.withUnfinished(0, 0, 0, 1);
        }
        if (exchange.packets().stream().anyMatch(p -> p.to().equals("router"))) {
            options = options.withRouter(Datagram.ROUTER);
        }
        MemoryStack stack = new MemoryStack();
        try (R2p2Server server = new R2p2Server(1, options, handler, () -> 0)) {
            List<Datagram> expected = new ArrayList<>();
            List<Datagram> sent = new ArrayList<>();
            for (Packet packet : exchange.packets()) {
                if (packet.from().equals("client")) {
                    assertSent(sent, expected);
                    sent.addAll(stack.deliver(server, packet.received()));
                } else {
                    expected.add(packet.sent());
                }
            }
            assertSent(sent, expected);
        }
        assertThat(stack.retained()).isZero();
    }

    private static void assertSent(List<Datagram> sent, List<Datagram> expected) {
        assertThat(sent).hasSameSizeAs(expected);
        for (int i = 0; i < sent.size(); i++) {
            Datagram ours = sent.get(i);
            Datagram theirs = expected.get(i);
            if (R2p2Header.type(ours.header()) == R2p2Header.FEEDBACK) {
                // The reference leaves most of this header as it finds it. Ours sets all of it.
                int rid = R2p2Header.rid(ours.header());
                assertThat(ours.header()).isEqualTo(R2p2Header.of(R2p2Header.FEEDBACK, 0, 0xC0, rid, 1));
                assertThat(ours.bytes()[0]).isEqualTo(theirs.bytes()[0]);
                assertThat(ours.bytes()[2]).isEqualTo(theirs.bytes()[2]);
                assertThat(ours.payload()).hasSize(FEEDBACK_PAYLOAD).isEqualTo(theirs.payload());
                assertThat(ours.peer()).isEqualTo(theirs.peer());
            } else {
                assertThat(ours).isEqualTo(theirs);
            }
        }
        sent.clear();
        expected.clear();
    }

    @ParameterizedTest
    @MethodSource("exchanges")
    void theClientSendsWhatTheReferenceClientSends(Exchange exchange) {
        int[] ports = exchange.packets().stream()
                .filter(p -> p.from().equals("client"))
                .mapToInt(Packet::fromPort)
                .distinct()
                .toArray();
        for (int port : ports) {
            List<Packet> ofPort = exchange.packets().stream()
                    .filter(p -> p.fromPort() == port || p.toPort() == port)
                    .toList();
            runClient(ofPort);
        }
    }

    private static void runClient(List<Packet> packets) {
        long first = packets.getFirst().sent().header();
        byte[] request = payloads(packets, "client");
        if (R2p2Header.order(first) > 1 && request.length <= R2p2Header.MAX_PAYLOAD) {
            // Refused after its first packet: the rest was never sent, so any of the announced length will do.
            request = Arrays.copyOf(request, 5000);
        }
        R2p2ClientOptions options =
                R2p2ClientOptions.DEFAULTS.withFirstRid(R2p2Header.rid(first)).withPolicy(R2p2Header.policy(first));
        MemoryStack stack = new MemoryStack();
        List<CallStatus> ends = new ArrayList<>();
        ByteArrayOutputStream reply = new ByteArrayOutputStream();
        try (R2p2Client client = new R2p2Client(options, () -> 0);
                Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(Math.max(1, request.length));
            Words.copyFrom(request, 0, memory, 0, request.length);
            Completion completion = (_, status, response) -> {
                ends.add(status);
                reply.writeBytes(bytes(response));
            };
            CallStart start = client.call(stack, Datagram.SERVER, memory, 0, request.length, 1_000_000, completion, 0);
            assertThat(start).isEqualTo(CallStart.STARTED);
            List<Datagram> sent = new ArrayList<>(stack.sent());
            List<Datagram> expected = new ArrayList<>();
            for (Packet packet : packets) {
                if (packet.from().equals("server")) {
                    assertThat(sent).isEqualTo(expected);
                    sent.clear();
                    expected.clear();
                    sent.addAll(stack.deliver(client, packet.received()));
                } else {
                    expected.add(packet.sent());
                }
            }
            assertThat(sent).isEqualTo(expected);
            assertThat(client.outstanding()).isZero();
        }
        boolean refused = R2p2Header.type(packets.getLast().sent().header()) == R2p2Header.DROP;
        assertThat(ends).containsExactly(refused ? CallStatus.REFUSED : CallStatus.OK);
        assertThat(reply.toByteArray()).isEqualTo(refused ? new byte[0] : request);
        assertThat(stack.retained()).isZero();
    }

    private static byte[] payloads(List<Packet> packets, String from) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        packets.stream()
                .filter(p -> p.from().equals(from))
                .forEach(p -> bytes.writeBytes(p.sent().payload()));
        return bytes.toByteArray();
    }

    static byte[] bytes(SliceList slices) {
        byte[] bytes = new byte[(int) slices.length()];
        int at = 0;
        for (int i = 0; i < slices.size(); i++) {
            Words.copyTo(slices.memory(i), slices.offset(i), bytes, at, slices.length(i));
            at += slices.length(i);
        }
        return bytes;
    }
}
