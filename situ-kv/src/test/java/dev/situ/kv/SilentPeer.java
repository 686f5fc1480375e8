package dev.situ.kv;

/// The other end of a connection without a network: what is asked of it is only noted.
final class SilentPeer implements Peer {
    int woken;
    boolean killed;

    @Override
    public String address() {
        return "127.0.0.1:1";
    }

    @Override
    public String localAddress() {
        return "127.0.0.1:6379";
    }

    @Override
    public boolean isLocalSocket() {
        return false;
    }

    @Override
    public int fileDescriptor() {
        return 3;
    }

    @Override
    public long pendingBytes() {
        return 0;
    }

    @Override
    public void wake() {
        woken++;
    }

    @Override
    public void kill() {
        killed = true;
    }
}
