package dev.situ.tcp;

import java.time.Duration;

/// How much a client may leave unread before it is closed.
///
/// A client that does not read its replies is first no longer read itself, so what waits for it is bounded by the
/// replies to one read. That can still be much: one `GET` may answer with 512 MB, which stay pinned in the store
/// while they wait.
///
/// @param hardBytes a client that has more bytes than this waiting is closed at once; 0: no such limit
/// @param softBytes a client that has more bytes than this waiting, and takes none of them for `softTime`, is
///         closed; 0: no such limit
/// @param softTime see `softBytes`; rounded up to whole seconds
public record OutputLimits(long hardBytes, long softBytes, Duration softTime) {
    /// At most 1 GiB; not more than 1 MiB without progress for 60 s.
    public static final OutputLimits DEFAULT = new OutputLimits(1L << 30, 1L << 20, Duration.ofSeconds(60));

    /// @throws IllegalArgumentException if a number is negative, or the time less than 1 ms
    public OutputLimits {
        if (hardBytes < 0 || softBytes < 0) {
            throw new IllegalArgumentException("output limits must not be negative");
        }
        if (softTime.toMillis() < 1) {
            throw new IllegalArgumentException("the soft output limit's time must be at least 1 ms");
        }
    }
}
