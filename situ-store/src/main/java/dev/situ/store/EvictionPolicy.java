package dev.situ.store;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What goes when memory runs out, by the names that Redis gives them (`maxmemory-policy`).
///
/// None of them is exact: a few records are sampled, and the best of them goes. `ALLKEYS` policies take any key,
/// `VOLATILE` ones only keys that have an expiry.
public enum EvictionPolicy {
    /// Nothing goes: writes that need memory are refused.
    NOEVICTION(Order.NONE, false),
    /// The key used least recently.
    ALLKEYS_LRU(Order.LRU, false),
    /// The key used least often, of late.
    ALLKEYS_LFU(Order.LFU, false),
    /// Any key.
    ALLKEYS_RANDOM(Order.RANDOM, false),
    /// The key used least recently, of those with an expiry.
    VOLATILE_LRU(Order.LRU, true),
    /// The key used least often, of those with an expiry.
    VOLATILE_LFU(Order.LFU, true),
    /// Any key with an expiry.
    VOLATILE_RANDOM(Order.RANDOM, true),
    /// The key that expires soonest.
    VOLATILE_TTL(Order.TTL, true);

    /// What is compared.
    enum Order {
        NONE,
        LRU,
        LFU,
        RANDOM,
        TTL
    }

    private final Order order;
    private final boolean volatileOnly;
    private final String redisName;

    EvictionPolicy(Order order, boolean volatileOnly) {
        this.order = order;
        this.volatileOnly = volatileOnly;
        this.redisName = name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// The name in Redis's configuration, such as `allkeys-lru`.
    public String redisName() {
        return redisName;
    }

    /// The policy of this name in Redis's configuration, in any case, or null.
    public static @Nullable EvictionPolicy ofRedisName(String name) {
        for (EvictionPolicy policy : values()) {
            if (policy.redisName.equalsIgnoreCase(name)) {
                return policy;
            }
        }
        return null;
    }

    Order order() {
        return order;
    }

    boolean volatileOnly() {
        return volatileOnly;
    }
}
