package dev.situ.testkit;

import java.lang.foreign.MemorySegment;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;

/// A network in memory with a clock of its own: every run with the same seed and the same calls is the same, to the
/// last packet.
///
/// ```
///   port A ──▶ lost? doubled? damaged? late? ──▶ [ on the way, by time of arrival ] ──▶ port B
///                                                        │
///                              time goes on only by #advance, to the next arrival or less
/// ```
///
/// What arrives at one port at the same time is one burst. Confined to one thread.
public final class SimulatedNetwork {
    private record Flight(long at, long number, long from, long to, MemorySegment bytes) {}

    private final Random random;
    private final Map<Long, SimulatedPort> ports = new HashMap<>();
    private final Set<Long> cut = new HashSet<>();
    private final PriorityQueue<Flight> flights =
            new PriorityQueue<>(Comparator.comparingLong(Flight::at).thenComparingLong(Flight::number));
    private NetworkConditions conditions;
    private long now;
    private long sent;

    /// @param seed what all chances are drawn from
    public SimulatedNetwork(long seed, NetworkConditions conditions) {
        this.random = new Random(seed);
        this.conditions = conditions;
    }

    /// The network's clock, in nanoseconds since its beginning.
    public long now() {
        return now;
    }

    /// Changes how datagrams are treated that are sent from now on.
    public void setConditions(NetworkConditions conditions) {
        this.conditions = conditions;
    }

    /// A new port at an address (a [dev.situ.udp.PeerAddress]) that is free.
    public SimulatedPort port(long address) {
        SimulatedPort port = new SimulatedPort(this, address);
        if (ports.putIfAbsent(address, port) != null) {
            throw new IllegalArgumentException("the address is taken");
        }
        return port;
    }

    /// Cuts a port off, or connects it again: what it sends, and what is on its way to it then, is lost.
    public void setCut(long address, boolean isCut) {
        if (isCut) {
            cut.add(address);
        } else {
            cut.remove(address);
        }
    }

    /// The time of the next arrival, or [Long#MAX_VALUE].
    public long nextArrival() {
        Flight next = flights.peek();
        return next == null ? Long.MAX_VALUE : next.at;
    }

    /// Lets the time go on to `to`, which is not after [#nextArrival()], and delivers what arrives then.
    ///
    /// @return whether anything arrived
    public boolean advance(long to) {
        if (to < now || to > nextArrival()) {
            throw new IllegalArgumentException("from " + now + " to " + to + " past " + nextArrival());
        }
        now = to;
        boolean any = false;
        for (Flight flight = flights.peek(); flight != null && flight.at == now; flight = flights.peek()) {
            flights.poll();
            SimulatedPort port = ports.get(flight.to);
            if (port != null && !cut.contains(flight.to) && !cut.contains(flight.from)) {
                port.arrive(new Datagram(flight.from, flight.bytes));
                any = true;
            }
        }
        for (SimulatedPort port : ports.values()) {
            port.deliver();
        }
        return any;
    }

    /// The datagrams that were sent.
    public long sent() {
        return sent;
    }

    void send(long from, long to, MemorySegment bytes) {
        sent++;
        if (cut.contains(from) || happens(conditions.loss())) {
            return;
        }
        put(from, to, bytes, happens(conditions.reordering()));
        if (happens(conditions.duplication())) {
            put(from, to, bytes, true);
        }
    }

    private void put(long from, long to, MemorySegment bytes, boolean late) {
        if (happens(conditions.corruption()) && isDamaged(bytes)) {
            return;
        }
        long delay = conditions.delayNanos()
                + between(conditions.jitterNanos() + 1)
                + (late ? 1 + between(conditions.lateNanos()) : 0);
        long gather = conditions.gatherNanos();
        long at = (now + delay + gather - 1) / gather * gather;
        flights.add(new Flight(at, sent * 2 + (late ? 1 : 0), from, to, bytes));
    }

    /// Turns some bits over and lets the checksum judge. A whole datagram is never damaged in this way unseen.
    private boolean isDamaged(MemorySegment bytes) {
        if (bytes.byteSize() == 0) {
            return false;
        }
        Datagram whole = new Datagram(0, bytes);
        Datagram turned = whole;
        int bits = (int) bytes.byteSize() * Byte.SIZE;
        int first = random.nextInt(bits);
        for (int bit = first; bit < Math.min(bits, first + 1 + random.nextInt(15)); bit++) {
            turned = turned.withBitTurned(bit);
        }
        return turned.checksum() != whole.checksum();
    }

    private long between(long bound) {
        return bound <= 1 ? 0 : (random.nextLong() >>> 1) % bound;
    }

    private boolean happens(double chance) {
        return chance > 0 && random.nextDouble() < chance;
    }
}
