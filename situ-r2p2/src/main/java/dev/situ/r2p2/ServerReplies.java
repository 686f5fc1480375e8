package dev.situ.r2p2;

import static dev.situ.r2p2.ReliableServerCount.UNSENT;

import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import dev.situ.udp.UdpSender;

/// Writes what a server sends in reliable mode that is one packet: OPEN_OK, RESET, DROP, ACK and short responses,
/// and counts it. Confined to one thread.
final class ServerReplies {
    private final Counters<ReliableServerCount> counts;
    private final ResponsePump pump;
    private final ReliableServerOptions options;
    private final PacketWriter writer = new PacketWriter();

    ServerReplies(Counters<ReliableServerCount> counts, ResponsePump pump, ReliableServerOptions options) {
        this.counts = counts;
        this.pump = pump;
        this.options = options;
    }

    /// Answers an OPEN, which has as many bytes.
    void openOk(long peer, int id, int firstRid, UdpSender sender) {
        counts.add(ReliableServerCount.OPENS);
        long at = sender.claim(peer, ReliableHeader.BYTES + ReliableHeader.OPEN_PAYLOAD);
        if (at == UdpSender.NO_ROOM) {
            counts.add(UNSENT);
            return;
        }
        ReliableHeader.write(
                sender.memory(),
                at,
                ReliableHeader.alone(ReliableHeader.OPEN_OK, firstRid),
                ReliableHeader.toClient(id, firstRid, options.credit()));
        long payload = at + ReliableHeader.BYTES;
        Words.setShortBe(sender.memory(), payload, options.credit());
        Words.setIntBe(sender.memory(), payload + 2, (int) options.maxMessageBytes());
        Words.setShortBe(sender.memory(), payload + 6, ReliableHeader.MAX_PAYLOAD);
        sender.commit();
    }

    /// Answers a packet of an unknown session, which has no fewer bytes.
    void reset(long peer, int id, int rid, UdpSender sender) {
        bare(ReliableHeader.RESET, peer, rid, ReliableHeader.toClient(id, rid, 0), ReliableServerCount.RESETS, sender);
    }

    private void bare(int type, long peer, int rid, long second, ReliableServerCount name, UdpSender sender) {
        long at = sender.claim(peer, ReliableHeader.BYTES);
        if (at == UdpSender.NO_ROOM) {
            counts.add(UNSENT);
            return;
        }
        ReliableHeader.write(sender.memory(), at, ReliableHeader.alone(type, rid), second);
        sender.commit();
        counts.add(name);
    }

    /// Sends an answer that is one packet, a refusal or a response.
    void alone(ServerSession session, ServerCall call, UdpSender sender) {
        long second = ReliableHeader.toClient(session.id, call.rid, pump.credit(session));
        if (call.refused) {
            bare(R2p2Header.DROP, session.peer, call.rid, second, ReliableServerCount.REFUSED, sender);
            return;
        }
        long first = ReliableHeader.alone(R2p2Header.RESPONSE, call.rid);
        SliceList slices = call.slices;
        boolean sent;
        if (call.inSlices && slices != null) {
            writer.start(slices);
            sent = writer.write(sender, session.peer, first, second, call.length);
        } else {
            sent = small(session.peer, call, first, second, sender);
        }
        counts.add(sent ? ReliableServerCount.RESPONSE_PACKETS : UNSENT);
    }

    private static boolean small(long peer, ServerCall call, long first, long second, UdpSender sender) {
        long at = sender.claim(peer, ReliableHeader.BYTES + call.length);
        if (at == UdpSender.NO_ROOM) {
            return false;
        }
        ReliableHeader.write(sender.memory(), at, first, second);
        Words.copy(call.small, call.smallOffset, sender.memory(), at + ReliableHeader.BYTES, call.length);
        sender.commit();
        return true;
    }

    /// Tells the client which packets of a request are here.
    void acknowledge(ServerCall call, UdpSender sender) {
        ServerSession session = call.session;
        if (session == null || call.state != ServerCall.State.RECEIVING) {
            return;
        }
        long second = ReliableHeader.toClient(session.id, call.rid, pump.credit(session));
        boolean sent = AckWriter.write(sender, session.peer, call.rid, second, ServerRequests.partsOf(call));
        counts.add(sent ? ReliableServerCount.ACKS : UNSENT);
    }
}
