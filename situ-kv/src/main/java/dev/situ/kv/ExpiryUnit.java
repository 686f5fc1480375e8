package dev.situ.kv;

import org.jspecify.annotations.Nullable;

/// How a time of expiry is given: seconds or milliseconds, from now or since 1970.
enum ExpiryUnit {
    EX(true, true),
    PX(false, true),
    EXAT(true, false),
    PXAT(false, false);

    private static final ExpiryUnit[] ALL = values();

    private final boolean seconds;
    private final boolean relative;

    @SuppressWarnings("ImmutableEnumChecker") // nobody writes to it
    private final byte[] word = Text.bytes(Text.lowerCase(name()));

    ExpiryUnit(boolean seconds, boolean relative) {
        this.seconds = seconds;
        this.relative = relative;
    }

    /// How `COMMAND DOCS` declares an argument of this unit, in the language of [Argument].
    String argument() {
        return switch (this) {
            case EX -> "seconds:int";
            case PX -> "milliseconds:int";
            case EXAT -> "unix-time-seconds:time";
            case PXAT -> "unix-time-milliseconds:time";
        };
    }

    /// The unit that an argument names, or null.
    static @Nullable ExpiryUnit named(Call call, int argument) {
        for (ExpiryUnit unit : ALL) {
            if (call.is(argument, unit.word)) {
                return unit;
            }
        }
        return null;
    }

    /// Says whether `time`, in this unit, is one that a key can expire at: positive, and not beyond 64 bits.
    boolean isValid(long time, long nowMillis) {
        if (time <= 0 || (seconds && time > Long.MAX_VALUE / 1000)) {
            return false;
        }
        return !relative || inMillis(time) <= Long.MAX_VALUE - nowMillis;
    }

    /// Says whether `time`, in this unit, is a point of time at all, though it may be over: not beyond 64 bits.
    boolean isPoint(long time, long nowMillis) {
        if (seconds && (time > Long.MAX_VALUE / 1000 || time < Long.MIN_VALUE / 1000)) {
            return false;
        }
        return !relative || inMillis(time) <= Long.MAX_VALUE - nowMillis;
    }

    /// A valid `time` in milliseconds since 1970.
    long toMillis(long time, long nowMillis) {
        return relative ? inMillis(time) + nowMillis : inMillis(time);
    }

    private long inMillis(long time) {
        return seconds ? time * 1000 : time;
    }
}
