package dev.situ.bench.load;

/// What a server understands.
public enum Dialect {
    /// Redis's protocol.
    RESP,
    /// Memcached's text protocol.
    MEMCACHED;

    /// A new reader of its replies.
    ReplyReader reader() {
        return switch (this) {
            case RESP -> new RespReplies();
            case MEMCACHED -> new MemcachedReplies();
        };
    }
}
