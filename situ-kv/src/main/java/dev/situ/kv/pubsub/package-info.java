/// Who gets which messages: the registry of subscriptions to channels and to patterns. It knows neither connections
/// nor commands.
@NullMarked
package dev.situ.kv.pubsub;

import org.jspecify.annotations.NullMarked;
