package dev.situ.kv;

import org.jspecify.annotations.Nullable;

/// What may follow the key in `GETEX`: a time of expiry, or `PERSIST`.
///
/// @param unit of the time, null without one
/// @param time the argument that says it
/// @param persist whether the key is to expire never
record GetexOptions(@Nullable ExpiryUnit unit, int time, boolean persist) {
    private static final byte[] PERSIST = Text.bytes("persist");

    /// Reads the options from argument `first` on; null if they are none.
    static @Nullable GetexOptions read(Call call, int first) {
        ExpiryUnit unit = null;
        int time = 0;
        boolean persist = false;
        for (int i = first; i < call.count(); i++) {
            ExpiryUnit named = ExpiryUnit.named(call, i);
            if (named != null && !persist && (unit == null || unit == named) && i + 1 < call.count()) {
                unit = named;
                time = ++i;
            } else if (call.is(i, PERSIST) && unit == null) {
                persist = true;
            } else {
                return null;
            }
        }
        return new GetexOptions(unit, time, persist);
    }
}
