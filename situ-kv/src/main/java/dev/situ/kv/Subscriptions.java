package dev.situ.kv;

import dev.situ.kv.pubsub.Channels;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What one connection has subscribed to. Changed by its own thread; others may see it, a moment old.
final class Subscriptions {
    private final Session session;
    private final Set<String> channels = Collections.synchronizedSet(new LinkedHashSet<>());
    private final Set<String> patterns = Collections.synchronizedSet(new LinkedHashSet<>());
    private volatile int channelCount;
    private volatile int patternCount;

    Subscriptions(Session session) {
        this.session = session;
    }

    int channelCount() {
        return channelCount;
    }

    int patternCount() {
        return patternCount;
    }

    /// Channels and patterns together: what Redis tells with each of them.
    int count() {
        return channelCount + patternCount;
    }

    /// The channels or the patterns, in the order in which they came.
    List<String> names(boolean ofPatterns) {
        return List.copyOf(ofPatterns ? patterns : channels);
    }

    /// Subscribes to a channel or a pattern, again without effect.
    void add(Channels<Session> all, String name, boolean isPattern) {
        if (isPattern) {
            patterns.add(name);
            all.subscribePattern(name, session);
        } else {
            channels.add(name);
            all.subscribe(name, session);
        }
        counted();
    }

    /// Ends a subscription, if there is one.
    void remove(Channels<Session> all, String name, boolean isPattern) {
        if (isPattern) {
            patterns.remove(name);
            all.unsubscribePattern(name, session);
        } else {
            channels.remove(name);
            all.unsubscribe(name, session);
        }
        counted();
    }

    /// Ends all.
    void clear(Channels<Session> all) {
        names(false).forEach(name -> remove(all, name, false));
        names(true).forEach(name -> remove(all, name, true));
    }

    private void counted() {
        channelCount = channels.size();
        patternCount = patterns.size();
        session.set(Session.SUBSCRIBED, count() > 0);
    }
}
