package dev.situ.socket;

/// Peers to which the kernel did not cut a message apart, because datagrams of that size do not fit the way to
/// them whole (a tunnel, a phone): the next ones go one by one at once, without a failed call first.
///
/// A small direct-mapped table: a peer that falls on the slot of another one takes its place, which costs the
/// other one a failed call.
final class UncutPeers {
    private static final int SLOTS = 256;
    private static final long HASH = 0x9E37_79B9_7F4A_7C15L;

    private final long[] peers = new long[SLOTS];
    private final int[] refused = new int[SLOTS];
    private boolean empty = true;

    /// Remembers that a message of datagrams of `bytes` bytes was not cut apart.
    void add(long peer, int bytes) {
        int slot = slot(peer);
        refused[slot] = peers[slot] == peer && refused[slot] > 0 ? Math.min(refused[slot], bytes) : bytes;
        peers[slot] = peer;
        empty = false;
    }

    /// Whether messages of datagrams of `bytes` bytes are known not to be cut apart.
    boolean contains(long peer, int bytes) {
        if (empty) {
            return false;
        }
        int slot = slot(peer);
        return peers[slot] == peer && refused[slot] > 0 && bytes >= refused[slot];
    }

    private static int slot(long peer) {
        return (int) ((peer * HASH) >>> 56);
    }
}
