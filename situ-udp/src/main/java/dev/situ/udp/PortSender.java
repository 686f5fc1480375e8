package dev.situ.udp;

import dev.situ.memory.Consumes;
import dev.situ.packet.Checksum;
import dev.situ.packet.Ethernet;
import dev.situ.packet.FlowHash;
import dev.situ.packet.Ipv4;
import dev.situ.packet.LinkHeader;
import dev.situ.packet.Packet;
import dev.situ.packet.PacketCache;
import dev.situ.packet.PacketPool;
import dev.situ.packet.Udp;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// Sends datagrams of one bound port from one poller, each in a packet of its own.
///
/// ```
///   claim      | 42 ....... | claimed bytes |                        a fresh packet, with room for the headers
///   append     |            | claimed bytes | copied |
///   append     |            | claimed bytes | copied | ──▶ | clone of the appended bytes' packet |
///   commit     | 42 headers | claimed bytes | copied | ──▶ | clone ...
/// ```
///
/// Appended bytes that lie in a packet of the port's pool are sent from there, by a clone, when the port sends
/// chains; all others are copied, and so are the first bytes of a datagram if they are few, as those of an echo are.
/// A clone holds a reference to the packet until the port has sent it, so such bytes do not change as long as a
/// packet that is shared does not.
final class PortSender implements UdpSender {
    static final int HEADER_BYTES = Ethernet.BYTES + Ipv4.MIN_BYTES + Udp.BYTES;

    /// Drivers refuse longer chains sooner or later.
    private static final int MAX_SEGMENTS = 8;

    private final StackQueue queue;
    private final int localPort;
    private final int maxPayload;
    private final boolean chains;
    private final boolean portChecksums;
    private final PacketPool pool;
    private final PacketCache cache;
    private final MemorySegment memory;
    private long head = Packet.NONE;
    /// Where the headers of the datagram start.
    private long start;
    private long tail;
    private boolean tailIsClone;
    private int payload;
    private long peer;
    private boolean failed;

    PortSender(StackQueue queue, int localPort, int maxPayload, boolean chains, boolean portChecksums) {
        this.queue = queue;
        this.localPort = localPort;
        this.maxPayload = maxPayload;
        this.chains = chains;
        this.portChecksums = portChecksums;
        this.cache = queue.cache();
        this.pool = cache.pool();
        this.memory = cache.memory();
    }

    @Override
    public int maxPayload() {
        return maxPayload;
    }

    @Override
    public int copyBreak() {
        return queue.copyBreak();
    }

    @Override
    public long claim(long peer, int length) {
        queue.require("sent through");
        if (head != Packet.NONE) {
            throw new IllegalStateException("the datagram claimed before was neither committed nor aborted");
        }
        if (length < 0 || length > maxPayload) {
            queue.counters().drop(DropReason.SEND_TOO_LARGE);
            return NO_ROOM;
        }
        long packet = cache.take(HEADER_BYTES, HEADER_BYTES + length);
        if (packet == Packet.NONE) {
            queue.counters().drop(DropReason.SEND_NO_BUFFER);
            return NO_ROOM;
        }
        head = packet;
        tail = packet;
        tailIsClone = false;
        payload = length;
        failed = false;
        this.peer = peer;
        start = Packet.data(memory, packet);
        return start + HEADER_BYTES;
    }

    @Override
    public MemorySegment memory() {
        return memory;
    }

    @Override
    public void append(MemorySegment from, long offset, int length) {
        requireClaim();
        Objects.checkFromIndexSize(offset, length, from.byteSize());
        if (length > maxPayload - payload) {
            throw new IllegalArgumentException(
                    "a datagram of " + ((long) payload + length) + " bytes is over the limit of " + maxPayload);
        }
        if (length == 0 || failed) {
            return;
        }
        // Only at the beginning: what stands behind a header, such as a run of a stored value, is never copied.
        boolean cheap = payload == 0 && length <= copyBreak();
        boolean shared = chains && !cheap && from.equals(memory) && appendClone(offset, length);
        if (!shared) {
            appendCopy(from, offset, length);
        }
        queue.counters().add(shared ? StackCounters.SHARED_BYTES : StackCounters.COPIED_BYTES, length);
        payload += length;
    }

    private boolean appendClone(long offset, int length) {
        // One segment is kept for whatever must be copied at the end.
        if (Packet.segments(memory, head) >= MAX_SEGMENTS - 1) {
            return false;
        }
        long owner = pool.packetAt(offset);
        if (owner == Packet.NONE) {
            return false;
        }
        long from = offset - Packet.data(memory, owner);
        if (from < 0 || from + length > Packet.length(memory, owner)) {
            return false;
        }
        long clone = cache.clone(owner, (int) from, length);
        if (clone == Packet.NONE) {
            return false;
        }
        append(clone, true);
        return true;
    }

    private void appendCopy(MemorySegment from, long offset, int length) {
        if (tailIsClone || !Packet.append(memory, head, tail, from, offset, length)) {
            long more = cache.take();
            if (more == Packet.NONE) {
                failed = true;
                return;
            }
            Packet.fill(memory, more, from, offset, length);
            append(more, false);
        }
    }

    /// Makes a packet the last segment of the datagram. Consumes it.
    private void append(@Consumes long segment, boolean isClone) {
        tail = segment;
        tailIsClone = isClone;
        Packet.chain(memory, head, segment);
    }

    @Override
    public void commit() {
        requireClaim();
        long packet = head;
        head = Packet.NONE;
        if (failed) {
            queue.counters().drop(DropReason.SEND_NO_BUFFER);
            cache.release(packet);
            return;
        }
        int to = PeerAddress.ipv4(peer);
        long mac = queue.linkAddress(to);
        Ethernet.write(memory, start, mac, queue.mac(), LinkHeader.IPV4);
        long ip = start + Ethernet.BYTES;
        Ipv4.write(memory, ip, Ipv4.MIN_BYTES + Udp.BYTES + payload, Ipv4.UDP, queue.address(), to);
        writeUdp(packet, ip, to);
        int flow = queue.hasFlows() ? FlowHash.between(queue.address(), localPort, to, PeerAddress.port(peer)) : 0;
        queue.send(packet, mac, to, flow, payload);
    }

    private void writeUdp(long packet, long ip, int to) {
        long udp = ip + Ipv4.MIN_BYTES;
        int length = Udp.BYTES + payload;
        int port = PeerAddress.port(peer);
        if (!queue.sendsChecksums()) {
            Udp.write(memory, udp, localPort, port, length, 0);
        } else if (portChecksums) {
            Packet.requestUdpChecksums(memory, packet, Ethernet.BYTES, Ipv4.MIN_BYTES);
            Ipv4.clearChecksum(memory, ip);
            int sum = Checksum.pseudoHeader(queue.address(), to, Ipv4.UDP, length);
            Udp.write(memory, udp, localPort, port, length, sum);
        } else {
            int headers = Checksum.udpHeader(queue.address(), localPort, to, port, length);
            int all = Checksum.add(headers, Checksum.sumOf(memory, packet, HEADER_BYTES, payload));
            Udp.write(memory, udp, localPort, port, length, Udp.checksumOf(all));
        }
    }

    @Override
    public void abort() {
        requireClaim();
        cache.release(head);
        head = Packet.NONE;
    }

    @Override
    public void flush() {
        queue.require("flushed");
        if (head != Packet.NONE) {
            throw new IllegalStateException("flush between claim and commit");
        }
        queue.flush();
    }

    /// Aborts what a handler that threw left claimed.
    void abortOpen() {
        if (head != Packet.NONE) {
            abort();
        }
    }

    private void requireClaim() {
        if (head == Packet.NONE) {
            throw new IllegalStateException("no datagram is claimed");
        }
    }
}
