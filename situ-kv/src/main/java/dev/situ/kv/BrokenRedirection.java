package dev.situ.kv;

/// Tells a client that the connection has ended which was to be told in its place of keys that change: over RESP3
/// only. Immutable.
record BrokenRedirection(long id) implements Push {
    private static final int BYTES = 48;

    @Override
    public void write(Reply reply, Session receiver) {
        if (reply.isResp3()) {
            reply.push(2);
            reply.bulk("tracking-redir-broken");
            reply.integer(id);
        }
    }

    @Override
    public int bytes() {
        return BYTES;
    }
}
