package dev.situ.packet;

import dev.situ.memory.Checks;
import java.lang.foreign.MemorySegment;

/// What all header views are: a place in the packet of a [Frame], with the bytes up to where the layer ends.
///
/// A view is made once and moved from packet to packet. It is good until its frame is moved to another packet;
/// checked mode finds who uses it longer, and who writes to a packet that is shared.
abstract sealed class Header permits LinkHeader, Arp, Ipv4, Icmp, Udp {
    final Frame frame;
    final MemorySegment memory;
    private long at;
    private long end;
    private int life;

    Header(Frame frame) {
        this.frame = frame;
        this.memory = frame.memory;
    }

    /// Moves the view to the bytes from `at` to `end`, which lie in the packet.
    ///
    /// @return whether there are at least `headerBytes` bytes; if not, the frame knows why
    final boolean move(long at, long end, int headerBytes) {
        if (end - at < headerBytes) {
            return fail(ParseFailure.TRUNCATED);
        }
        this.at = at;
        this.end = end;
        this.life = frame.life;
        return true;
    }

    final void shrink(long end) {
        this.end = end;
    }

    final boolean fail(ParseFailure why) {
        frame.failure = why;
        life = 0;
        return false;
    }

    /// Where the header starts in the pool's memory.
    public final long offset() {
        if (Checks.ON) {
            frame.requireCurrent(life);
        }
        return at;
    }

    /// Where the layer ends in the pool's memory: behind the last byte that its header speaks of.
    public final long end() {
        if (Checks.ON) {
            frame.requireCurrent(life);
        }
        return end;
    }

    /// Where the header starts, for who is about to write.
    final long writable() {
        if (Checks.ON) {
            frame.requireMutable();
        }
        return offset();
    }

    /// The packet that the header is of. *Borrowed* from whoever opened the frame.
    public final long packet() {
        return frame.packet();
    }
}
