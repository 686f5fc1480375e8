package dev.situ.packet;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// Which flow an Ethernet frame belongs to, as a number: a function of the addresses and ports of IPv4 and UDP or
/// TCP, the same for every packet of a flow and the same for both directions of it. What is not IPv4 is flow 0; of a
/// fragment only the addresses count, as only the first has ports.
public final class FlowHash {
    private static final int ETHERNET_BYTES = 14;
    private static final int IPV4_BYTES = 20;
    private static final int ETHERTYPE_IPV4 = 0x0800;
    private static final int FRAGMENT_BITS = 0x3FFF;
    private static final int TCP = 6;
    private static final int UDP = 17;

    private FlowHash() {}

    /// The flow of the frame of `length` bytes at *(memory, offset)*. Reads nothing behind it.
    public static int of(MemorySegment memory, long offset, int length) {
        if (length < ETHERNET_BYTES + IPV4_BYTES || Words.getUnsignedShortBe(memory, offset + 12) != ETHERTYPE_IPV4) {
            return 0;
        }
        long ip = offset + ETHERNET_BYTES;
        int ports = 0;
        int headerBytes = (Words.getByte(memory, ip) & 0xF) * Integer.BYTES;
        int protocol = Words.getByte(memory, ip + 9);
        boolean fragment = (Words.getUnsignedShortBe(memory, ip + 6) & FRAGMENT_BITS) != 0;
        if ((protocol == UDP || protocol == TCP)
                && !fragment
                && length >= ETHERNET_BYTES + headerBytes + Integer.BYTES) {
            long at = ip + headerBytes;
            ports = Words.getUnsignedShortBe(memory, at) ^ Words.getUnsignedShortBe(memory, at + 2);
        }
        return mix(Words.getIntBe(memory, ip + 12) ^ Words.getIntBe(memory, ip + 16), ports);
    }

    /// The flow between two hosts' ports.
    public static int between(int address, int port, int otherAddress, int otherPort) {
        return mix(address ^ otherAddress, port ^ otherPort);
    }

    /// The flow between two addresses and ports, given as their exclusive ors.
    private static int mix(int addresses, int ports) {
        int h = (addresses * 31 + ports) * 0x9E37_79B9;
        return (h ^ (h >>> 16)) & Integer.MAX_VALUE;
    }
}
