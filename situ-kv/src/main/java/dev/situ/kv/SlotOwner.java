package dev.situ.kv;

import com.google.errorprone.annotations.Immutable;
import java.lang.foreign.MemorySegment;

/// Says which keys this node serves, before a command touches them: the seam for sharding.
///
/// Called by every worker at once, and immutable: a new map of slots is a new owner.
@Immutable
public interface SlotOwner {
    /// The owner of a node that serves every key. It is recognised by identity and never called.
    SlotOwner EVERY_KEY = new SlotOwner() {
        @Override
        public boolean owns(MemorySegment key, long offset, int length) {
            return true;
        }

        @Override
        public String refusal(MemorySegment key, long offset, int length) {
            throw new IllegalStateException("every key is served here");
        }
    };

    /// Says whether this node serves the key; borrowed for the call.
    boolean owns(MemorySegment key, long offset, int length);

    /// The error for a key that is served elsewhere, without the leading `-`, such as `MOVED 3999
    /// 10.0.0.2:6379`.
    String refusal(MemorySegment key, long offset, int length);
}
