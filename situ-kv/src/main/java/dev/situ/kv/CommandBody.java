package dev.situ.kv;

import com.google.errorprone.annotations.Immutable;

/// What a command does: reads its arguments from the call, works on the store, writes exactly one reply.
///
/// Shared by all workers, so it has no state of its own; what it needs is in the [Call].
@Immutable
@FunctionalInterface
interface CommandBody {
    void run(Call call);
}
