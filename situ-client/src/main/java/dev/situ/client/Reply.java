package dev.situ.client;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// What a command replied: one value of RESP2 or RESP3, with those in it.
///
/// Source: the RESP specification of Redis 7. The lists are not modifiable.
public sealed interface Reply {
    /// The null of either version: `_`, `$-1` or `*-1`.
    record Null() implements Reply {}

    /// A short text such as `OK`.
    record Simple(String text) implements Reply {}

    /// An error reply, such as `ERR unknown command`.
    record Failure(String text) implements Reply {}

    record Int(long value) implements Reply {}

    /// Binary-safe bytes, of their owner.
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody; bytes() is what it is for
    record Bulk(byte[] bytes) implements Reply {
        /// The bytes read as UTF-8.
        public String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    record Array(List<Reply> elements) implements Reply {}

    /// Keys and values, in the order in which they came.
    record Map(List<Entry> entries) implements Reply {}

    /// One key of a [Map].
    record Entry(Reply key, Reply value) {}

    record Set(List<Reply> elements) implements Reply {}

    /// A message that answers no command.
    record Push(List<Reply> elements) implements Reply {}

    record Bool(boolean value) implements Reply {}

    record Real(double value) implements Reply {}

    record BigNumber(BigInteger value) implements Reply {}

    /// A text with a three-letter format, such as `txt`.
    record Verbatim(String format, String text) implements Reply {}
}
