package dev.situ.kv;

import dev.situ.memory.Words;
import dev.situ.resp.Command;
import dev.situ.store.Record;
import java.lang.foreign.MemorySegment;

/// A condition on the value that a key has, as `SET` and `DELEX` of Redis 8.4 take it: that it is another value, or
/// that its digest is another digest; or that it is not. Read from a call. Reused; confined to one thread.
///
/// | word | holds | of a key that is not there |
/// |---|---|---|
/// | `IFEQ` value | if the values are the same | does not hold |
/// | `IFNE` value | if they are not | holds |
/// | `IFDEQ` digest | if the digests are the same | does not hold |
/// | `IFDNE` digest | if they are not | holds |
///
/// As in Redis, whether a digest is one at all is only looked at if the key is there.
final class ValueCondition {
    private static final int DIGEST_DIGITS = 16;

    private enum Kind {
        NONE,
        IFEQ,
        IFNE,
        IFDEQ,
        IFDNE;

        @SuppressWarnings("ImmutableEnumChecker") // nobody writes to it
        private final byte[] word = Text.bytes(Text.lowerCase(name()));
    }

    private static final Kind[] KINDS = {Kind.IFEQ, Kind.IFNE, Kind.IFDEQ, Kind.IFDNE};

    private final ValueBytes bytes;
    private Kind kind = Kind.NONE;
    private MemorySegment wanted = MemorySegment.NULL;
    private long wantedOffset;
    private int wantedLength;
    private long digest;
    private boolean digestValid;
    private boolean refused;

    ValueCondition(ValueBytes bytes) {
        this.bytes = bytes;
    }

    /// No condition: it holds always.
    void clear() {
        kind = Kind.NONE;
        refused = false;
    }

    boolean isNone() {
        return kind == Kind.NONE;
    }

    /// Whether an argument is the word of a condition.
    static boolean isNamed(Call call, int argument) {
        return named(call, argument) != Kind.NONE;
    }

    private static Kind named(Call call, int argument) {
        for (Kind one : KINDS) {
            if (call.is(argument, one.word)) {
                return one;
            }
        }
        return Kind.NONE;
    }

    /// Reads a condition from an argument that [#isNamed] approved of and the one behind it.
    void read(Call call, int argument) {
        kind = named(call, argument);
        Command command = call.command();
        wanted = command.memory();
        wantedOffset = command.offset(argument + 1);
        wantedLength = command.length(argument + 1);
        digestValid = isOfDigests() && readDigest();
        refused = false;
    }

    /// Whether it was asked of a record, but could not be answered because the digest is none.
    boolean isRefused() {
        return refused;
    }

    private boolean isOfDigests() {
        return kind == Kind.IFDEQ || kind == Kind.IFDNE;
    }

    private boolean readDigest() {
        digest = 0;
        for (int i = 0; i < wantedLength; i++) {
            int digit = Character.digit(Words.getByte(wanted, wantedOffset + i), 16);
            if (digit < 0) {
                return false;
            }
            digest = digest << 4 | digit;
        }
        return wantedLength == DIGEST_DIGITS;
    }

    /// Whether it holds of a record, or of none.
    boolean holds(long record) {
        refused = isOfDigests() && record != Record.NONE && !digestValid;
        if (refused) {
            return false;
        }
        return switch (kind) {
            case NONE -> true;
            case IFEQ, IFDEQ -> record != Record.NONE && isSame(record);
            case IFNE, IFDNE -> record == Record.NONE || !isSame(record);
        };
    }

    private boolean isSame(long record) {
        return isOfDigests()
                ? bytes.digest(record) == digest
                : bytes.isEqual(record, wanted, wantedOffset, wantedLength);
    }
}
