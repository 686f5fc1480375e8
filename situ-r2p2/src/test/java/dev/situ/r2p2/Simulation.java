package dev.situ.r2p2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.SliceList;
import dev.situ.testkit.NetworkConditions;
import dev.situ.testkit.SimulatedNetwork;
import dev.situ.testkit.SimulatedPort;
import dev.situ.udp.PeerAddress;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// One server and some clients in reliable mode on a [SimulatedNetwork]: everything that happens follows from a
/// seed.
///
/// After every step it checks what must always hold: bounds of the server's memory, that no call ends twice, that no
/// call is executed twice, also not by two servers, nor after it was refused. Windows are checked where packets are
/// sent ([CongestionWindow]).
final class Simulation {
    static final long MILLI = 1_000_000;
    static final long SECOND = 1_000_000_000;
    private static final long SERVER = PeerAddress.of(0x0A000001, 8000);

    final Random random;
    final SimulatedNetwork network;
    final Map<CallStatus, Integer> ends = new EnumMap<>(CallStatus.class);
    final List<Client> clients = new ArrayList<>();
    final SimulatedPort serverPort;
    ReliableServerOptions serverOptions = ReliableServerOptions.DEFAULTS;
    ReliableClientOptions clientOptions = ReliableClientOptions.DEFAULTS;
    R2p2Server server;
    SimulatedStore store;
    private final long seed;
    private final Map<Long, Integer> executions = new HashMap<>();
    private long serverDue;
    private boolean serverUp;
    private long servers;

    Simulation(long seed, NetworkConditions conditions) {
        this.seed = seed;
        random = new Random(seed);
        network = new SimulatedNetwork(seed ^ 0x5EED, conditions);
        serverPort = network.port(SERVER);
        store = new SimulatedStore(executions, random);
        server = newServer();
    }

    /// What a client sends, as far as it is up to chance.
    ///
    /// @param eager whether a call is started as soon as it may be, without pauses
    record Load(int calls, int outstanding, int longOneIn, int longest, long timeoutNanos, boolean eager) {
        /// Calls of one packet, without pauses.
        static Load busy(int calls, int outstanding) {
            return new Load(calls, outstanding, Integer.MAX_VALUE, 1, 100 * SECOND, true);
        }
    }

    /// A call that has not ended: how long its response is to be, and where its request lies.
    private record Open(int responseLength, MemorySegment request) {}

    final class Client {
        final SimulatedPort port;
        final ReliableClient protocol;
        private final int id;
        private final Load load;
        private final Map<Long, Open> open = new HashMap<>();
        private int started;

        private Client(int id, Load load) {
            this.id = id;
            this.load = load;
            port = network.port(PeerAddress.of(0x0A000100 + id, 40000 + id));
            protocol = new ReliableClient(
                    new long[] {SERVER}, clientOptions, network::now, new SipHash(Simulation.this.seed, id));
            port.attach(protocol);
        }

        private int length() {
            return random.nextInt(load.longOneIn) == 0
                    ? SimulatedStore.HEAD + random.nextInt(load.longest)
                    : SimulatedStore.HEAD + random.nextInt(200);
        }

        private void start() {
            while (started < load.calls
                    && protocol.outstanding() < load.outstanding
                    && (load.eager || random.nextInt(4) > 0)) {
                int length = length();
                int responseLength = length() - SimulatedStore.HEAD;
                int call = started;
                byte[] bytes = SimulatedStore.request(id, call, length, responseLength);
                MemorySegment memory = MemorySegment.ofArray(bytes);
                CallStart start =
                        protocol.call(port, memory, 0, length, network.now() + load.timeoutNanos, this::ended, call);
                if (length <= ReliableHeader.MAX_PAYLOAD) {
                    memory.fill((byte) 0xDD); // it was borrowed for the call of the method
                }
                if (start != CallStart.STARTED) {
                    assertThat(start).as("seed %d", seed).isIn(CallStart.BUSY, CallStart.TOO_LARGE);
                    if (start == CallStart.BUSY) {
                        return;
                    }
                    started++;
                    ends.merge(CallStatus.TOO_LARGE, 1, Integer::sum);
                    continue;
                }
                started++;
                open.put((long) call, new Open(responseLength, memory));
                if (random.nextBoolean()) {
                    port.flush();
                }
            }
        }

        private void ended(long token, CallStatus status, SliceList response) {
            Open expected = open.remove(token);
            int call = (int) token;
            assertThat(expected).as("seed %d: call %d ends once", seed, call).isNotNull();
            ends.merge(status, 1, Integer::sum);
            expected.request.fill((byte) 0xDD); // it is the caller's again
            int times = executions.getOrDefault(SimulatedStore.key(id, call), 0);
            switch (status) {
                case OK -> {
                    byte[] bytes = VectorsTest.bytes(response);
                    if (expected.responseLength > 1 && bytes.length == 1 && bytes[0] == '-') {
                        ends.merge(CallStatus.NO_BUFFERS, 1, Integer::sum); // counted as such: a replaced response
                    } else {
                        assertThat(Arrays.equals(bytes, SimulatedStore.response(id, call, expected.responseLength)))
                                .as("seed %d: the response of call %d, %d bytes", seed, call, bytes.length)
                                .isTrue();
                    }
                    assertThat(times)
                            .as("seed %d: executions of call %d", seed, call)
                            .isEqualTo(1);
                }
                case REFUSED, TOO_LARGE -> {
                    assertThat(times)
                            .as("seed %d: executions of call %d", seed, call)
                            .isZero();
                    executions.put(SimulatedStore.key(id, call), 1); // from now on it must not be executed
                }
                case TIMED_OUT, OUTCOME_UNKNOWN -> {}
                default -> throw new AssertionError("seed " + seed + ": call " + call + " ended with " + status);
            }
        }

        boolean isDone() {
            return started == load.calls && open.isEmpty();
        }
    }

    private R2p2Server newServer() {
        serverUp = true;
        servers++;
        R2p2Server made = new R2p2Server(1, R2p2ServerOptions.DEFAULTS, serverOptions, store, store, network::now);
        serverPort.attach((burst, sender) -> {
            made.onBurst(burst, sender);
            sender.flush();
            store.burstEnds();
        });
        serverDue = network.now();
        return made;
    }

    /// Replaces the server by one with the present options.
    void restart() {
        stop();
        server = newServer();
    }

    /// Ends the server. What it held is released, as when a process ends.
    void stop() {
        if (serverUp) {
            server.close();
            store.burstEnds();
            serverPort.attach(null);
            serverUp = false;
            assertThat(store.pinned())
                    .as("seed %d: pins of a closed server", seed)
                    .isZero();
            assertThat(serverPort.retained()).as("seed %d", seed).isZero();
        }
    }

    boolean isUp() {
        return serverUp;
    }

    void addClient(Load load) {
        clients.add(new Client(clients.size(), load));
    }

    /// Lets one thing happen: an arrival or something that is due.
    void step() {
        long now = network.now();
        long next = Math.min(network.nextArrival(), now + MILLI);
        if (serverUp) {
            next = Math.min(next, Math.max(now, serverDue));
        }
        for (Client client : clients) {
            long delay = client.protocol.delay();
            next = delay == Long.MAX_VALUE ? next : Math.min(next, now + delay);
        }
        network.advance(Math.min(next, network.nextArrival()));
        for (Client client : clients) {
            client.start();
            client.protocol.tick(client.port);
            client.port.flush();
        }
        if (serverUp) {
            long delay = server.tick(0, serverPort);
            serverPort.flush();
            serverDue = delay == Long.MAX_VALUE ? Long.MAX_VALUE : network.now() + Math.max(1000, delay);
            check();
        }
    }

    private void check() {
        ReliableServerStatistics s = server.reliableStatistics();
        if (s.sessions() > serverOptions.maxSessions()
                || s.calls() > serverOptions.maxCalls()
                || s.unfinishedBytes() > serverOptions.maxUnfinishedBytes()
                || s.retainedBytes() > serverOptions.maxRetainedBytes() + serverOptions.maxMessageBytes()) {
            throw new AssertionError("seed " + seed + ": out of bounds: " + s);
        }
        for (int times : executions.values()) {
            if (times > 1) {
                throw new AssertionError("seed " + seed + ": a call was executed " + times + " times");
            }
        }
    }

    boolean isDone() {
        return clients.stream().allMatch(Client::isDone);
    }

    /// Lets time go on until every call has ended.
    void finish(long withinNanos) {
        long limit = network.now() + withinNanos;
        while (!isDone()) {
            step();
            assertThat(network.now())
                    .as("seed %d: calls have not ended: %s", seed, ends)
                    .isLessThan(limit);
        }
    }

    /// Lets everything that is left come to rest, and checks that nothing is held any more.
    void rest() {
        long until = network.now() + serverOptions.silenceNanos() + SECOND;
        while (network.now() < until) {
            step();
        }
        for (Client client : clients) {
            assertThat(client.port.retained())
                    .as("seed %d: at client %d", seed, client.id)
                    .isZero();
            assertThat(client.protocol.outstanding()).as("seed %d", seed).isZero();
            assertThat(client.protocol.flying()).as("seed %d: in flight", seed).isZero();
        }
        if (serverUp) {
            ReliableServerStatistics s = server.reliableStatistics();
            assertThat(s.retainedBytes()).as("seed %d: %s", seed, s).isZero();
            assertThat(s.unfinishedBytes()).as("seed %d: %s", seed, s).isZero();
            assertThat(store.pinned()).as("seed %d: %s", seed, s).isZero();
        }
        assertThat(serverPort.retained()).as("seed %d", seed).isZero();
    }

    void close() {
        clients.forEach(client -> client.protocol.close());
        stop();
    }

    @Override
    public String toString() {
        return "seed " + seed + " at " + network.now() / 1000 + " us: " + ends + ", " + servers + " servers, "
                + network.sent() + " datagrams";
    }
}
