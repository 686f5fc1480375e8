package dev.situ.r2p2;

/// A request of several packets, some of which are still to come.
final class UnfinishedRequest {
    final int slot;
    final PartialMessage packets = new PartialMessage(R2p2Header.BYTES);
    long peer;
    int rid;
    /// What its first packet announced.
    long bytes;

    UnfinishedRequest(int slot) {
        this.slot = slot;
    }

    long key() {
        return UnfinishedRequests.key(peer, rid);
    }
}
