package dev.situ.packet;

import dev.situ.memory.Consumes;
import java.util.Arrays;
import java.util.Objects;

/// Packets that move together: what a port delivers and takes, and what is owned.
///
/// Whoever has the burst holds one reference to each packet in it. [#add] consumes a packet; [#packet] lends one;
/// [#take] hands one out. Before a burst is forgotten, its packets are sent or released.
///
/// ```java
/// queue.receive(burst);
/// for (int i = 0; i < burst.size(); i++) {
///     rewrite(burst.packet(i));
/// }
/// queue.transmit(burst);            // consumes what it takes
/// queue.cache().releaseAll(burst);  // and the rest is dropped
/// ```
///
/// Reused, allocates nothing. Confined to one thread.
public final class PacketBurst {
    /// How many packets move together usually.
    public static final int USUAL_CAPACITY = 32;

    private final long[] packets;
    private int size;

    /// Makes an empty burst with room for `capacity` packets.
    public PacketBurst(int capacity) {
        packets = new long[capacity];
    }

    /// The number of packets.
    public int size() {
        return size;
    }

    /// How many more packets there is room for.
    public int room() {
        return packets.length - size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /// Appends a packet. Consumes it.
    ///
    /// @throws IndexOutOfBoundsException if the burst is full: ask [#room()] before
    public void add(@Consumes long packet) {
        packets[size] = packet;
        size++;
    }

    /// Packet `index`, *borrowed* from the burst.
    public long packet(int index) {
        return packets[Objects.checkIndex(index, size)];
    }

    /// Puts `packet` in the place of packet `index`. Consumes `packet`; what was there is the caller's.
    public long replace(int index, @Consumes long packet) {
        long before = packets[Objects.checkIndex(index, size)];
        packets[index] = packet;
        return before;
    }

    /// Hands out the packet that was added last.
    ///
    /// @throws IndexOutOfBoundsException if the burst is empty
    public long take() {
        long packet = packets[size - 1];
        size--;
        return packet;
    }

    /// Hands the first `count` packets out to whoever has read them by [#packet]; the others move to the front.
    public void takeFirst(int count) {
        Objects.checkIndex(count, size + 1);
        if (count == size) {
            size = 0;
            return;
        }
        System.arraycopy(packets, count, packets, 0, size - count);
        size -= count;
    }

    /// Empties the burst without releasing anything: its packets are somebody else's now.
    public void forget() {
        size = 0;
    }

    @Override
    public String toString() {
        return "burst " + Arrays.toString(Arrays.copyOf(packets, size));
    }
}
