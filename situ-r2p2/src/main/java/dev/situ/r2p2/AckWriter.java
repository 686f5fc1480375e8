package dev.situ.r2p2;

import dev.situ.udp.UdpSender;

/// Writes ACKs of the reliable mode, which are the same in both directions but for the second word of the header.
final class AckWriter {
    private AckWriter() {}

    /// Sends an ACK of what is here of a message.
    ///
    /// @return false if the sender has no room
    static boolean write(UdpSender sender, long peer, int rid, long second, PartialMessage parts) {
        int next = parts.firstMissing();
        int beyond = parts.end() - next - 1;
        int words = Math.clamp((beyond + Long.SIZE - 1) / Long.SIZE, 1, AckPayload.MAX_WORDS);
        long payload = claim(sender, peer, rid, second, next, words);
        if (payload == UdpSender.NO_ROOM) {
            return false;
        }
        for (int w = 0; w < words; w++) {
            AckPayload.setWord(sender.memory(), payload, w, word(parts, next + 1 + w * Long.SIZE));
        }
        sender.commit();
        return true;
    }

    /// Sends an ACK of a message that is here whole.
    ///
    /// @return false if the sender has no room
    static boolean writeAll(UdpSender sender, long peer, int rid, long second) {
        long payload = claim(sender, peer, rid, second, AckPayload.ALL, 1);
        if (payload == UdpSender.NO_ROOM) {
            return false;
        }
        AckPayload.setWord(sender.memory(), payload, 0, 0);
        sender.commit();
        return true;
    }

    private static long claim(UdpSender sender, long peer, int rid, long second, int next, int words) {
        long at = sender.claim(peer, ReliableHeader.BYTES + AckPayload.bytes(words));
        if (at == UdpSender.NO_ROOM) {
            return at;
        }
        ReliableHeader.write(sender.memory(), at, ReliableHeader.alone(R2p2Header.ACK, rid), second);
        AckPayload.setNext(sender.memory(), at + ReliableHeader.BYTES, next);
        return at + ReliableHeader.BYTES;
    }

    private static long word(PartialMessage parts, int from) {
        long word = 0;
        int bits = Math.min(Long.SIZE, parts.end() - from);
        for (int bit = 0; bit < bits; bit++) {
            if (parts.has(from + bit)) {
                word |= Long.MIN_VALUE >>> bit;
            }
        }
        return word;
    }
}
