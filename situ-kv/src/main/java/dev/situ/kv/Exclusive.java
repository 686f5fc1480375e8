package dev.situ.kv;

import com.google.errorprone.annotations.Immutable;

/// A section in which no other worker runs operations on the store: for commands that must read and write several
/// keys in one step. A single key needs none: see [dev.situ.store.StoreWorker#update].
@Immutable
@FunctionalInterface
interface Exclusive {
    /// Takes nothing. With one worker no other is there to see a part of what the body does. With several, another
    /// worker may find some of the keys changed and others not yet; each key for itself is whole.
    Exclusive ALONE = (call, body) -> body.run(call);

    /// Runs a body in the section, on the worker of the call, inside its epoch.
    void run(Call call, CommandBody body);
}
