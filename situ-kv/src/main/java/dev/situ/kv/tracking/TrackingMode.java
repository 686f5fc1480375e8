package dev.situ.kv.tracking;

import java.util.List;

/// What a client has said of tracking, when it turned it on. Immutable, so that every thread may look at it.
///
/// @param broadcasts it is told of every key that begins with one of the prefixes, whether it has read it or not
/// @param optIn only what it reads behind `CLIENT CACHING YES` is remembered
/// @param optOut what it reads behind `CLIENT CACHING NO` is not
/// @param noLoop it is not told of what it changes itself
/// @param redirect the number of the connection that is told in its place; 0: it is told itself
/// @param prefixes of keys, sorted; empty unless it broadcasts
public record TrackingMode(
        boolean broadcasts, boolean optIn, boolean optOut, boolean noLoop, long redirect, List<String> prefixes) {
    /// Sorts the prefixes, each once.
    public TrackingMode {
        prefixes = prefixes.stream().distinct().sorted().toList();
    }

    /// Whether the keys are remembered that a command reads.
    ///
    /// @param cachingSaid whether `CLIENT CACHING` was said before the command
    public boolean remembers(boolean cachingSaid) {
        return !broadcasts && !(optIn && !cachingSaid) && !(optOut && cachingSaid);
    }
}
