package dev.situ.kv;

import static dev.situ.kv.CommandFlag.READONLY;

import dev.situ.resp.RespParser;
import dev.situ.store.Record;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `LCS key1 key2 [LEN] [IDX] [MINMATCHLEN n] [WITHMATCHLEN]`: the longest common subsequence of two values.
final class LcsCommand {
    private static final byte[] LEN = Text.bytes("len");
    private static final byte[] IDX = Text.bytes("idx");
    private static final byte[] WITH_MATCH_LENGTH = Text.bytes("withmatchlen");
    private static final byte[] LEAST_MATCH = Text.bytes("minmatchlen");

    private LcsCommand() {}

    /// What may follow the keys.
    private record Options(boolean length, boolean ranges, boolean rangeLengths, long leastRange) {}

    static List<CommandSpec.Builder> declarations() {
        return List.of(CommandSpec.command("lcs", -3)
                .flags(READONLY)
                .categories(AclCategory.STRING)
                .keys(1, 2, 1, "RO", "access")
                .arguments(
                        "key1:key key2:key [len=LEN] [idx=IDX] [len:int=MINMATCHLEN]" + " [withmatchlen=WITHMATCHLEN]")
                .docs("string", "7.0.0", "Find the longest common subsequence of two values")
                .complexity("O(N*M) where N and M are the lengths of the values")
                .body(LcsCommand::run));
    }

    private static void run(Call call) {
        long a = call.lookUp(1);
        long b = call.lookUp(2);
        Options options = options(call);
        if (options == null) {
            return;
        }
        long aLength = call.bytes.length(a);
        long bLength = call.bytes.length(b);
        if ((aLength + 1) * (bLength + 1) * Integer.BYTES > RespParser.MAX_BULK_LENGTH) {
            call.error("ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len");
            return;
        }
        boolean lengthOnly = options.length && !options.ranges;
        try (Arena arena = Arena.ofConfined()) {
            LongestCommon common = new LongestCommon(
                    copy(call, a, arena),
                    (int) aLength,
                    copy(call, b, arena),
                    (int) bLength,
                    lengthOnly ? null : arena);
            if (lengthOnly) {
                call.reply().integer(common.length());
                return;
            }
            MemorySegment text = arena.allocate(Math.max(1, common.length()));
            common.trace(text);
            if (options.ranges) {
                replyRanges(call.reply(), common, options);
            } else {
                call.reply().bulk(text, 0, common.length());
            }
        }
    }

    /// In one piece, which a value in packets is not.
    private static MemorySegment copy(Call call, long record, Arena arena) {
        int length = call.bytes.length(record);
        MemorySegment copy = arena.allocate(Math.max(1, length));
        if (record != Record.NONE) {
            call.store.values().copy(record, 0, length, copy, 0);
        }
        return copy;
    }

    /// The options, or null: the reply says what is wrong.
    private static @Nullable Options options(Call call) {
        boolean length = false;
        boolean ranges = false;
        boolean rangeLengths = false;
        long leastRange = 0;
        for (int i = 3; i < call.count(); i++) {
            if (call.is(i, IDX)) {
                ranges = true;
            } else if (call.is(i, LEN)) {
                length = true;
            } else if (call.is(i, WITH_MATCH_LENGTH)) {
                rangeLengths = true;
            } else if (call.is(i, LEAST_MATCH) && i + 1 < call.count()) {
                if (!call.isNumber(++i)) {
                    call.error(Errors.NOT_AN_INTEGER);
                    return null;
                }
                leastRange = call.number(i);
            } else {
                call.error(Errors.SYNTAX);
                return null;
            }
        }
        if (ranges && length) {
            call.error("ERR If you want both the length and indexes, please just use IDX.");
            return null;
        }
        return new Options(length, ranges, rangeLengths, leastRange);
    }

    private static void replyRanges(Reply reply, LongestCommon common, Options options) {
        int shown = 0;
        for (int i = 0; i < common.ranges(); i++) {
            shown += common.rangeLength(i) >= options.leastRange ? 1 : 0;
        }
        reply.map(2);
        reply.bulk("matches");
        reply.array(shown);
        for (int i = 0; i < common.ranges(); i++) {
            if (common.rangeLength(i) >= options.leastRange) {
                reply.array(options.rangeLengths ? 3 : 2);
                for (int which = 0; which < 4; which += 2) {
                    reply.array(2);
                    reply.integer(common.rangePlace(i, which));
                    reply.integer(common.rangePlace(i, which + 1));
                }
                if (options.rangeLengths) {
                    reply.integer(common.rangeLength(i));
                }
            }
        }
        reply.bulk("len");
        reply.integer(common.length());
    }
}
