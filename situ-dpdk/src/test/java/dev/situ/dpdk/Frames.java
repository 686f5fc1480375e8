package dev.situ.dpdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.Words;
import dev.situ.packet.Packet;
import dev.situ.packet.PacketBurst;
import dev.situ.packet.PacketSupply;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Ethernet frames whose every byte is known: an EtherType for experiments (IEEE 802), a number, and bytes that
/// follow from it.
final class Frames {
    static final int ETHERTYPE = 0x88B5;
    static final int MIN_BYTES = 60;
    static final int MAX_BYTES = 1514;

    private static final long BROADCAST = 0xFFFF_FFFF_FFFFL;
    private static final long SOURCE = 0x02_00_00_00_00_99L;
    private static final int NUMBER = 14;
    private static final int CONTENT = 18;

    private Frames() {}

    /// A frame in a packet of one segment, which the caller holds.
    static long take(PacketSupply supply, int number, int length) {
        long packet = supply.take();
        assertThat(packet).as("a free packet").isNotEqualTo(Packet.NONE);
        Packet.setLength(supply.memory(), packet, length);
        write(supply.memory(), Packet.data(supply.memory(), packet), number, length);
        return packet;
    }

    /// The same frame in a chain: `first` bytes in a packet, the others in clones of `pieces` packets, all shared.
    static long takeChain(PacketSupply supply, int number, int length, int first, int pieces) {
        long whole = take(supply, number, length);
        long head = supply.take();
        MemorySegment m = supply.memory();
        Packet.setLength(m, head, first);
        Words.copy(m, Packet.data(m, whole), m, Packet.data(m, head), first);
        for (int i = 0; i < pieces; i++) {
            int from = first + (length - first) * i / pieces;
            int to = first + (length - first) * (i + 1) / pieces;
            Packet.chain(m, head, supply.clone(whole, from, to - from));
        }
        supply.release(whole);
        return head;
    }

    static void write(MemorySegment m, long at, int number, int length) {
        Words.setShortBe(m, at, (int) (BROADCAST >>> 32));
        Words.setIntBe(m, at + 2, (int) BROADCAST);
        Words.setShortBe(m, at + 6, (int) (SOURCE >>> 32));
        Words.setIntBe(m, at + 8, (int) SOURCE);
        Words.setShortBe(m, at + 12, ETHERTYPE);
        Words.setIntBe(m, at + NUMBER, number);
        for (int i = CONTENT; i < length; i++) {
            Words.setByte(m, at + i, content(number, i));
        }
    }

    private static byte content(int number, int index) {
        return (byte) (number * 31 + index);
    }

    /// Whether a packet is one of these frames, and not what a kernel sends by itself.
    static boolean isOne(MemorySegment m, long packet) {
        return Packet.length(m, packet) >= CONTENT
                && Words.getUnsignedShortBe(m, Packet.data(m, packet) + 12) == ETHERTYPE;
    }

    /// The number of a frame, each of whose bytes is checked.
    static int check(MemorySegment m, long packet) {
        int length = Packet.totalLength(m, packet);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment flat = arena.allocate(length);
            assertThat(Packet.copyTo(m, packet, 0, flat, 0, length)).isEqualTo(length);
            return check(flat, length);
        }
    }

    static int check(MemorySegment flat, int length) {
        int number = Words.getIntBe(flat, NUMBER);
        MemorySegment expected = Arena.ofAuto().allocate(length);
        write(expected, 0, number, length);
        assertThat(flat.asSlice(0, length).mismatch(expected))
                .as("first wrong byte")
                .isEqualTo(-1);
        return number;
    }

    /// Sends a whole burst. Spins while the device takes nothing.
    static void sendAll(dev.situ.packet.PortQueue queue, PacketBurst burst) {
        while (!burst.isEmpty()) {
            if (queue.transmit(burst) == 0) {
                Thread.onSpinWait();
            }
        }
    }
}
