package dev.situ.kv;

import org.jspecify.annotations.Nullable;

/// Tells a client that caches values which key it has to forget. Immutable.
///
/// ```
///   RESP3   >2  invalidate                        *1 key, or null: all keys
///   RESP2   *3  message    __redis__:invalidate   *1 key, or null     only to another connection than the
///                                                                     reader's, which has subscribed
/// ```
final class InvalidationMessage implements Push {
    private static final String CHANNEL = "__redis__:invalidate";
    private static final int FRAME_BYTES = 64;

    private final @Nullable String key;
    private final boolean isRedirected;

    /// @param key null for all keys
    /// @param isRedirected whether it goes to another connection than the one that has read the key
    InvalidationMessage(@Nullable String key, boolean isRedirected) {
        this.key = key;
        this.isRedirected = isRedirected;
    }

    @Override
    public void write(Reply reply, Session receiver) {
        if (reply.isResp3()) {
            reply.push(2);
            reply.bulk("invalidate");
        } else if (isRedirected && receiver.isPubsub()) {
            reply.array(3);
            reply.bulk("message");
            reply.bulk(CHANNEL);
        } else {
            return; // RESP2 has no form for it but to who has subscribed
        }
        if (key == null) {
            reply.nothing();
        } else {
            reply.array(1);
            reply.bulk(key);
        }
    }

    @Override
    public int bytes() {
        return FRAME_BYTES + (key == null ? 0 : key.length());
    }
}
