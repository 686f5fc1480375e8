package dev.situ.kv;

import dev.situ.memory.Words;
import dev.situ.resp.Command;
import dev.situ.store.Record;
import dev.situ.store.Store;
import dev.situ.store.StoreWorker;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/// Adds to a value that is a number with a fraction, 0 if there is none: `INCRBYFLOAT`. Keeps the time of expiry.
final class FloatUpdate extends ValueUpdate {
    private static final ExtendedFloat ZERO = new ExtendedFloat(BigDecimal.ZERO, true);

    private final ValueBytes bytes;
    private ExtendedFloat delta = ZERO;
    private @Nullable String sum;
    private boolean number;

    FloatUpdate(Store store, ValueBytes bytes) {
        super(store);
        this.bytes = bytes;
    }

    /// Says what is to be added to the value of a key.
    void begin(Command command, int keyArgument, ExtendedFloat add) {
        key(command, keyArgument);
        delta = add;
    }

    /// Whether the value was a number.
    boolean isNumber() {
        return number;
    }

    /// The new value, or null: it is too large, or the old one was no number.
    @Nullable
    String sum() {
        return sum;
    }

    @Override
    public long apply(StoreWorker worker, long record) {
        ExtendedFloat before = record == Record.NONE ? ZERO : read(record);
        number = before != null;
        ExtendedFloat after = before == null ? delta : before.plus(delta);
        if (before == null || !after.isFinite()) {
            sum = null;
            return KEEP;
        }
        String text = after.text();
        sum = text;
        long next = claim(worker, record, text.length());
        if (next != Record.NONE) {
            Words.copyFrom(Text.bytes(text), 0, region, Record.valueOffset(region, next), text.length());
        }
        return next;
    }

    private @Nullable ExtendedFloat read(long record) {
        return length(record) > ExtendedFloat.MAX_TEXT ? null : ExtendedFloat.parse(bytes.text(record));
    }
}
