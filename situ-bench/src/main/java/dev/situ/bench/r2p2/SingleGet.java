package dev.situ.bench.r2p2;

import dev.situ.udp.UdpBurst;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/// A GET of some key whose reply is one datagram.
final class SingleGet implements Exchange {
    private final GetProtocol protocol;
    private final int keys;
    private final int valueLength;
    private final SplittableRandom random = new SplittableRandom(42);
    private int id;

    SingleGet(GetProtocol protocol, int keys, int valueLength) {
        this.protocol = protocol;
        this.keys = keys;
        this.valueLength = valueLength;
    }

    @Override
    public int requestLength() {
        return protocol.requestLength();
    }

    @Override
    public void write(MemorySegment memory, long at) {
        protocol.write(memory, at, ++id & 0xFFFF, random.nextInt(keys));
    }

    @Override
    public boolean isAnswered(UdpBurst burst) {
        boolean answered = false;
        for (int i = 0; i < burst.size(); i++) {
            boolean isCurrent = protocol.id(burst.memory(i), burst.offset(i)) == (id & 0xFFFF);
            answered |= isCurrent && protocol.isHit(burst.memory(i), burst.offset(i), burst.length(i), valueLength);
        }
        return answered;
    }
}
