package dev.situ.kv;

import org.jspecify.annotations.Nullable;

/// What may follow the value in `SET`, read from a call. Reused.
///
/// At most one condition: `NX`, `XX`, or one on the old value.
final class SetOptions {
    private static final byte[] NX = Text.bytes("nx");
    private static final byte[] XX = Text.bytes("xx");
    private static final byte[] GET = Text.bytes("get");
    private static final byte[] KEEPTTL = Text.bytes("keepttl");

    boolean ifAbsent;
    boolean ifPresent;
    boolean get;
    boolean keepTtl;
    /// 0: none.
    long expireAtMillis;
    /// What must hold of the old value.
    final ValueCondition condition;

    SetOptions(ValueBytes bytes) {
        condition = new ValueCondition(bytes);
    }

    /// No options.
    void clear() {
        ifAbsent = false;
        ifPresent = false;
        get = false;
        keepTtl = false;
        expireAtMillis = 0;
        condition.clear();
    }

    /// Whether the old record must be known before it is replaced.
    boolean needsOld() {
        return get || keepTtl || !condition.isNone();
    }

    /// Reads the options from argument `first` on. Gives the text of an error, or null.
    @Nullable
    String read(Call call, int first) {
        clear();
        ExpiryUnit unit = null;
        int time = 0;
        for (int i = first; i < call.count(); i++) {
            if (call.is(i, NX) && !ifPresent && condition.isNone()) {
                ifAbsent = true;
            } else if (call.is(i, XX) && !ifAbsent && condition.isNone()) {
                ifPresent = true;
            } else if (ValueCondition.isNamed(call, i)) {
                if (ifAbsent || ifPresent || !condition.isNone() || i + 1 == call.count()) {
                    return Errors.SYNTAX;
                }
                condition.read(call, i++);
            } else if (call.is(i, GET)) {
                get = true;
            } else if (call.is(i, KEEPTTL) && unit == null) {
                keepTtl = true;
            } else {
                ExpiryUnit named = ExpiryUnit.named(call, i);
                if (named == null || keepTtl || (unit != null && unit != named) || i + 1 == call.count()) {
                    return Errors.SYNTAX;
                }
                unit = named;
                time = ++i;
            }
        }
        return unit == null ? null : readTime(call, time, unit);
    }

    /// Reads the time of expiry from an argument. Gives the text of an error, or null.
    @Nullable
    String readTime(Call call, int argument, ExpiryUnit unit) {
        if (!call.isNumber(argument)) {
            return Errors.NOT_AN_INTEGER;
        }
        long time = call.number(argument);
        long now = call.worker.nowMillis();
        if (!unit.isValid(time, now)) {
            return Errors.expireTime(call.spec());
        }
        expireAtMillis = unit.toMillis(time, now);
        return null;
    }
}
