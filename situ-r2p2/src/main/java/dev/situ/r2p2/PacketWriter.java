package dev.situ.r2p2;

import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import dev.situ.udp.UdpSender;

/// Cuts a message into packets: a cursor over its slices that writes as many bytes as each packet takes.
///
/// Few bytes are copied behind the header; a long run of bytes that somebody owns is sent from where it lies:
///
/// ```
///  slices   | $300000\r\n |            stored value, owned               | \r\n |
///  packets  [hdr|copied   |  appended  ]   [hdr| appended ] ...   [hdr|  copied ]
/// ```
///
/// A packet takes its copied bytes first, as [UdpSender] wants it, so one where bytes to copy follow a long run is
/// copied whole. Reused; confined to one thread.
final class PacketWriter {
    private SliceList slices = new SliceList();
    private int slice;
    private int taken;
    private long position;

    /// Starts at the first byte of `message`, which is borrowed until the last packet is written; what it owns is
    /// borrowed until the sender's next flush.
    void start(SliceList message) {
        slices = message;
        rewind();
    }

    private void rewind() {
        slice = 0;
        taken = 0;
        position = 0;
    }

    /// Goes to byte `to` of the message. Forward it costs the slices in between, backward all before it.
    void seek(long to) {
        if (to < position) {
            rewind();
        }
        while (position < to) {
            advance((int) Math.min(slices.length(slice) - taken, to - position));
        }
    }

    /// Writes a packet of the next `payload` bytes behind a header of the compatible mode.
    ///
    /// @return false if the sender has no room: the packet is lost
    boolean write(UdpSender sender, long peer, long header, int payload) {
        int copied = copiedBytes(payload, sender.copyBreak());
        long at = sender.claim(peer, R2p2Header.BYTES + copied);
        if (at == UdpSender.NO_ROOM) {
            return false;
        }
        R2p2Header.write(sender.memory(), at, header);
        fill(sender, at + R2p2Header.BYTES, copied, payload);
        return true;
    }

    /// Writes a packet of the next `payload` bytes behind a [ReliableHeader].
    ///
    /// @return false if the sender has no room: the packet is lost
    boolean write(UdpSender sender, long peer, long first, long second, int payload) {
        int copied = copiedBytes(payload, sender.copyBreak());
        long at = sender.claim(peer, ReliableHeader.BYTES + copied);
        if (at == UdpSender.NO_ROOM) {
            return false;
        }
        ReliableHeader.write(sender.memory(), at, first, second);
        fill(sender, at + ReliableHeader.BYTES, copied, payload);
        return true;
    }

    private void fill(UdpSender sender, long at, int copied, int payload) {
        copy(sender, at, copied);
        append(sender, payload - copied);
        sender.commit();
    }

    /// How many of the next `payload` bytes are copied: those before the first owned run; or all, if no owned run is
    /// longer than `copyBreak`, or bytes without an owner follow.
    private int copiedBytes(int payload, int copyBreak) {
        int copied = payload;
        boolean isWorthIt = false;
        int walked = 0;
        int start = taken;
        for (int i = slice; walked < payload; i++) {
            int run = Math.min(slices.length(i) - start, payload - walked);
            if (slices.owner(i) != SliceList.NO_OWNER) {
                copied = Math.min(copied, walked);
                isWorthIt |= run > copyBreak;
            } else if (copied < payload) {
                return payload;
            }
            walked += run;
            start = 0;
        }
        return isWorthIt ? copied : payload;
    }

    private void copy(UdpSender sender, long to, int bytes) {
        int done = 0;
        while (done < bytes) {
            int run = Math.min(slices.length(slice) - taken, bytes - done);
            Words.copy(slices.memory(slice), slices.offset(slice) + taken, sender.memory(), to + done, run);
            done += run;
            advance(run);
        }
    }

    private void append(UdpSender sender, int bytes) {
        int done = 0;
        while (done < bytes) {
            int run = Math.min(slices.length(slice) - taken, bytes - done);
            sender.append(slices.memory(slice), slices.offset(slice) + taken, run);
            done += run;
            advance(run);
        }
    }

    private void advance(int bytes) {
        taken += bytes;
        position += bytes;
        if (taken == slices.length(slice)) {
            slice++;
            taken = 0;
        }
    }

    /// Sends a message that is one packet of `bytes`, such as ACK and DROP.
    static boolean writeAlone(UdpSender sender, long peer, long header, byte[] bytes) {
        long at = sender.claim(peer, R2p2Header.BYTES + bytes.length);
        if (at == UdpSender.NO_ROOM) {
            return false;
        }
        R2p2Header.write(sender.memory(), at, header);
        Words.copyFrom(bytes, 0, sender.memory(), at + R2p2Header.BYTES, bytes.length);
        sender.commit();
        return true;
    }
}
