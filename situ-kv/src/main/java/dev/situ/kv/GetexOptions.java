package dev.situ.kv;

import org.jspecify.annotations.Nullable;

/// What may follow the key in `GETEX`, read from a call: a time of expiry, or `PERSIST`. Reused.
final class GetexOptions {
    private static final byte[] PERSIST = Text.bytes("persist");

    private @Nullable ExpiryUnit unit;
    private int time;
    private boolean persist;

    GetexOptions() {}

    /// Reads the options from argument `first` on. Gives false if they are none.
    boolean read(Call call, int first) {
        unit = null;
        persist = false;
        for (int i = first; i < call.count(); i++) {
            ExpiryUnit named = ExpiryUnit.named(call, i);
            if (named != null && !persist && (unit == null || unit == named) && i + 1 < call.count()) {
                unit = named;
                time = ++i;
            } else if (call.is(i, PERSIST) && unit == null) {
                persist = true;
            } else {
                return false;
            }
        }
        return true;
    }

    /// The unit of the time, or null: no time is given.
    @Nullable
    ExpiryUnit unit() {
        return unit;
    }

    /// The argument that says the time.
    int time() {
        return time;
    }

    /// Whether the key is to expire never.
    boolean isPersist() {
        return persist;
    }
}
