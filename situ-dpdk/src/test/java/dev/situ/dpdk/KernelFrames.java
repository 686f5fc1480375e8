package dev.situ.dpdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.Consumes;
import dev.situ.packet.Packet;
import dev.situ.packet.PacketBurst;
import dev.situ.packet.PortQueue;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.time.Duration;
import java.util.HexFormat;

/// Runs in a network of its own: frames between a driver on one end of a kernel's wire, and `net_af_packet` on the
/// other end.
///
/// | driver | its end | the other end |
/// |---|---|---|
/// | `af_packet`, `af_xdp` | `situ0` of a veth pair | `situ1` |
/// | `tap` | the file | the interface `situ1` |
final class KernelFrames {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final String driver;
    private final DpdkPacketPool pool;
    private final DpdkPort near;
    private final DpdkPort far;

    private KernelFrames(String driver, DpdkPacketPool pool, DpdkPort near, DpdkPort far) {
        this.driver = driver;
        this.pool = pool;
        this.near = near;
        this.far = far;
    }

    public static void main(String[] arguments) throws Exception {
        String driver = arguments[0];
        Wire.up(driver);
        try (Eal eal = Eal.start(EalOptions.withoutHugePages(64));
                EalThread _ = eal.register()) {
            // Twice: what is closed has let go of the interface. Only AF_XDP (libxdp 1.3) does not before the end.
            int lives = driver.equals("af_xdp") ? 1 : 2;
            for (int life = 0; life < lives; life++) {
                try (DpdkPacketPool pool = DpdkPacketPool.create(eal, 8191)) {
                    try (DpdkPort near = DpdkPort.open(eal, pool, Wire.near(driver));
                            DpdkPort far = DpdkPort.open(eal, pool, Wire.far())) {
                        new KernelFrames(driver, pool, near, far).run();
                    }
                    if (driver.equals("af_xdp")) {
                        assertThat(Wire.describe("situ0")).doesNotContain(" xdp ", "prog/xdp");
                    } else {
                        assertThat(pool.outstanding()).isZero();
                    }
                }
            }
        }
    }

    private void run() throws Exception {
        if (!driver.equals("tap")) {
            assertThat(Wire.describe("situ0")).contains(mac(near.mac()));
        }
        assertThat(near.isLinkUp()).isTrue();
        assertThat(near.capabilities().multiSegmentSend()).isEqualTo(!driver.equals("af_xdp"));
        for (int length = Frames.MIN_BYTES; length <= Frames.MAX_BYTES; length += 97) {
            exchange(near, far, Frames.take(pool, length, length));
            exchange(far, near, Frames.take(pool, length + 1, length));
        }
        for (int pieces = 1; pieces < 6; pieces++) {
            exchange(near, far, Frames.takeChain(near.queue(0).cache(), pieces, 1400, 42, pieces));
        }
        sendOneValueToMany();
        assertThat(near.statistics().sent()).isGreaterThanOrEqualTo(20);
        assertThat(near.statistics().received()).isGreaterThanOrEqualTo(15);
        assertThat(near.statistics().sendErrors()).isZero();
    }

    private static String mac(long mac) {
        return HexFormat.ofDelimiter(":")
                .formatHex(BigInteger.valueOf(mac | (1L << 48)).toByteArray(), 1, 7);
    }

    /// Sends a packet, which is consumed, and waits until it arrives whole.
    private void exchange(DpdkPort from, DpdkPort to, @Consumes long packet) {
        MemorySegment m = pool.memory();
        int length = Packet.totalLength(m, packet);
        PacketBurst burst = new PacketBurst(1);
        burst.add(packet);
        Frames.sendAll(from.queue(0), burst);
        long frame = receive(to.queue(0));
        assertThat(Packet.totalLength(m, frame)).isEqualTo(length);
        Frames.check(m, frame);
        pool.release(frame);
    }

    private long receive(PortQueue queue) {
        PacketBurst burst = new PacketBurst(1);
        long end = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            if (queue.receive(burst) == 1) {
                long packet = burst.take();
                if (Frames.isOne(pool.memory(), packet)) {
                    return packet;
                }
                pool.release(packet);
            }
            if (System.nanoTime() > end) {
                throw new AssertionError("no frame came through " + driver);
            }
        }
    }

    private void sendOneValueToMany() {
        MemorySegment m = pool.memory();
        long value = Frames.take(pool, 77, 1000);
        PacketBurst burst = new PacketBurst(16);
        for (int i = 0; i < 16; i++) {
            long head = pool.take();
            Packet.setLength(m, head, 42);
            MemorySegment.copy(m, Packet.data(m, value), m, Packet.data(m, head), 42);
            Packet.chain(m, head, pool.clone(value, 42, 1000 - 42));
            burst.add(head);
        }
        Frames.sendAll(near.queue(0), burst);
        for (int i = 0; i < 16; i++) {
            long frame = receive(far.queue(0));
            assertThat(Frames.check(m, frame)).isEqualTo(77);
            pool.release(frame);
        }
        assertThat(Packet.references(m, value)).isOne();
        pool.release(value);
    }
}
