package dev.situ.kv;

/// A message of a channel on its way to one kind of subscribers: those of the channel, or those of one pattern.
/// Immutable, one object for all of them.
final class PublishedMessage implements Push {
    private static final int FRAME_BYTES = 64;

    private final String pattern;
    private final boolean isOfPattern;
    private final String channel;
    private final String message;

    /// For the subscribers of the channel.
    PublishedMessage(String channel, String message) {
        this("", false, channel, message);
    }

    private PublishedMessage(String pattern, boolean isOfPattern, String channel, String message) {
        this.pattern = pattern;
        this.isOfPattern = isOfPattern;
        this.channel = channel;
        this.message = message;
    }

    /// The same for the subscribers of a pattern.
    PublishedMessage of(String itsPattern) {
        return new PublishedMessage(itsPattern, true, channel, message);
    }

    @Override
    public void write(Reply reply, Session receiver) {
        if (!reply.isResp3() && !receiver.isPubsub()) {
            return;
        }
        reply.push(isOfPattern ? 4 : 3);
        reply.bulk(isOfPattern ? "pmessage" : "message");
        if (isOfPattern) {
            reply.bulk(pattern);
        }
        reply.bulk(channel);
        reply.bulk(message);
    }

    @Override
    public int bytes() {
        return FRAME_BYTES + pattern.length() + channel.length() + message.length();
    }
}
