package dev.situ.packet;

import dev.situ.memory.Consumes;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Function;

/// What is done with packets, composed once and then run over bursts, step by step: all packets of a burst take a
/// step before any takes the next (the way of NetBricks, OSDI 2016).
///
/// ```java
/// Pipeline echo = Pipeline.of(port.pool(), frames -> frames
///         .parse(Frame::ethernet)
///         .map(ethernet -> ethernet.turnBack(port.mac()))
///         .parse(Ethernet::ipv4)
///         .map(Ipv4::swapAddresses)
///         .parse(Ipv4::udp)
///         .filter(udp -> udp.destinationPort() == 7)
///         .map(Udp::swapPorts)
///         .send());
/// while (running) {
///     echo.run(port.queue(0), port.queue(0));
/// }
/// ```
///
/// ```
///   burst      parse ethernet    filter      groupBy ──▶ 0: parse ipv4 ── map ── send
///   0 1 2 3 ─▶ 0 1   3        ─▶ 0   3     ─▶       └──▶ 1: keep
///                  ╰ dropped       ╰ dropped
/// ```
///
/// - Each packet of the burst has a [Frame] of its own, so a step finds the header where the last step left it.
/// - Every packet ends as a [Fate]: what no step decides about is dropped. The pipeline sends and releases; a
///   function never does.
/// - A run allocates nothing, and the function of each step is inlined in that step's loop ([StepCopies]).
/// - A chain that comes in is copied to one packet first.
///
/// Confined to one thread: each poller composes its own.
public final class Pipeline {
    private static final int CAPACITY = PacketBurst.USUAL_CAPACITY;

    private final PacketPool pool;
    private final Object[] frames = new Object[CAPACITY];
    private final int[] slots = new int[CAPACITY];
    private final Fate[] fates = new Fate[CAPACITY];
    private final PacketBurst burst = new PacketBurst(CAPACITY);
    private final PacketBurst sending = new PacketBurst(CAPACITY);
    private final Step first = new FirstStep();
    private long received;
    private long sent;
    private long kept;
    private long dropped;
    private long unsent;

    private Pipeline(PacketPool pool) {
        this.pool = pool;
        for (int i = 0; i < CAPACITY; i++) {
            frames[i] = new Frame(pool.memory());
        }
    }

    /// Composes a pipeline for packets of `pool`.
    ///
    /// @param steps adds steps to the frames, up to an end
    public static Pipeline of(PacketPool pool, Function<Steps<Frame>, Steps.End> steps) {
        Pipeline pipeline = new Pipeline(pool);
        Objects.requireNonNull(steps.apply(new Steps<>(pipeline.frames, pipeline.first)));
        return pipeline;
    }

    /// Receives one burst from `in`, takes it through the steps, and sends to `out` what is to be sent; what `out`
    /// does not take is dropped and counted. If a function throws, the packets that have no fate yet are dropped,
    /// and the exception goes on.
    ///
    /// @param in a queue of a port with this pipeline's pool
    /// @param out the same queue or another; packets are copied if its port has another pool
    /// @return how many packets were received
    public int run(PortQueue in, PortQueue out) {
        PacketCache cache = in.cache();
        if (!cache.pool().equals(pool)) {
            throw new IllegalArgumentException("the queue's packets are of another pool than the pipeline's");
        }
        in.receive(burst);
        int count = burst.size();
        if (count == 0) {
            return 0;
        }
        received += count;
        Arrays.fill(fates, 0, count, Fate.DROP);
        try {
            first.run(slots, open(cache), fates);
        } finally {
            settle(cache, out);
        }
        return count;
    }

    /// Opens the frames, and gives how many there are.
    private int open(PacketCache cache) {
        MemorySegment memory = pool.memory();
        int opened = 0;
        for (int i = 0; i < burst.size(); i++) {
            long packet = burst.packet(i);
            if (Packet.segments(memory, packet) > 1) {
                long copy = cache.copy(memory, packet);
                if (copy == Packet.NONE) {
                    continue;
                }
                cache.release(burst.replace(i, copy));
            }
            ((Frame) frames[i]).open(burst.packet(i));
            slots[opened] = i;
            opened++;
        }
        return opened;
    }

    private void settle(PacketCache cache, PortQueue out) {
        for (int i = 0; i < burst.size(); i++) {
            switch (fates[i]) {
                case SEND -> addForSending(burst.packet(i), cache, out.cache());
                case KEEP -> kept++;
                case DROP -> {
                    dropped++;
                    cache.release(burst.packet(i));
                }
            }
        }
        burst.forget();
        sent += out.transmit(sending);
        unsent += sending.size();
        out.cache().releaseAll(sending);
    }

    /// Consumes the packet.
    private void addForSending(@Consumes long packet, PacketCache from, PacketCache to) {
        if (to.pool().equals(pool)) {
            sending.add(packet);
            return;
        }
        long copy = to.copy(pool.memory(), packet);
        from.release(packet);
        if (copy == Packet.NONE) {
            unsent++;
        } else {
            sending.add(copy);
        }
    }

    /// What became of the packets so far.
    public PipelineStatistics statistics() {
        return new PipelineStatistics(received, sent, kept, dropped, unsent);
    }
}
