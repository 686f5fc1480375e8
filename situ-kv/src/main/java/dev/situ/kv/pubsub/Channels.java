package dev.situ.kv.pubsub;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// The subscribers of all channels and patterns.
///
/// ```
///   channel -> subscribers             published: to those of the channel, then
///   pattern -> subscribers                        to those of each pattern that matches, in the order of patterns
/// ```
///
/// Safe for all threads, and nobody waits: a message that is published while somebody subscribes or leaves may or
/// may not reach them. An entry is there as long as it has a subscriber; it comes and goes within one step of its
/// map, so no subscription is lost to a removal.
///
/// @param <S> a subscriber, known by its identity
public final class Channels<S> {
    private final Map<String, Set<S>> byChannel = new ConcurrentHashMap<>();
    private final Map<String, Set<S>> byPattern = new ConcurrentSkipListMap<>();

    /// Makes a registry without subscriptions.
    public Channels() {}

    /// Subscribes to a channel, again without effect.
    public void subscribe(String channel, S subscriber) {
        add(byChannel, channel, subscriber);
    }

    /// Ends a subscription to a channel, if there is one.
    public void unsubscribe(String channel, S subscriber) {
        remove(byChannel, channel, subscriber);
    }

    /// Subscribes to all channels that match a pattern, again without effect.
    public void subscribePattern(String pattern, S subscriber) {
        add(byPattern, pattern, subscriber);
    }

    /// Ends a subscription to a pattern, if there is one.
    public void unsubscribePattern(String pattern, S subscriber) {
        remove(byPattern, pattern, subscriber);
    }

    private static <S> void add(Map<String, Set<S>> map, String name, S subscriber) {
        map.compute(name, (_, known) -> {
            Set<S> subscribers = known == null ? ConcurrentHashMap.newKeySet() : known;
            subscribers.add(subscriber);
            return subscribers;
        });
    }

    private static <S> void remove(Map<String, Set<S>> map, String name, S subscriber) {
        map.computeIfPresent(name, (_, subscribers) -> {
            subscribers.remove(subscriber);
            return subscribers.isEmpty() ? null : subscribers;
        });
    }

    /// Gives each subscriber of a channel to `direct`, then each subscriber of a pattern that matches to
    /// `matching`, once for each such pattern.
    ///
    /// @param matches whether a pattern matches the channel
    public void receivers(
            String channel, Predicate<String> matches, Consumer<S> direct, BiConsumer<String, S> matching) {
        Set<S> subscribers = byChannel.get(channel);
        if (subscribers != null) {
            subscribers.forEach(direct);
        }
        byPattern.forEach((pattern, itsSubscribers) -> {
            if (matches.test(pattern)) {
                itsSubscribers.forEach(subscriber -> matching.accept(pattern, subscriber));
            }
        });
    }

    /// Whether nobody has subscribed to anything.
    public boolean isEmpty() {
        return byChannel.isEmpty() && byPattern.isEmpty();
    }

    /// The channels that have a subscriber, patterns not counted.
    public Collection<String> channels() {
        return byChannel.keySet();
    }

    /// How many subscribers a channel has, patterns not counted.
    public int subscribers(String channel) {
        Set<S> subscribers = byChannel.get(channel);
        return subscribers == null ? 0 : subscribers.size();
    }

    /// How many patterns have a subscriber.
    public int patterns() {
        return byPattern.size();
    }
}
