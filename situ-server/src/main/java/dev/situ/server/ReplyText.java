package dev.situ.server;

import dev.situ.client.Reply;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Replies as redis-cli prints them: quoted, for people at a terminal; or raw, for programs.
enum ReplyText {
    /// Types are shown and bytes are quoted: `"a\n"`, `(integer) 1`, `(nil)`, `1) "a"`.
    QUOTED {
        @Override
        byte[] of(Reply reply) {
            StringBuilder text = new StringBuilder();
            appendQuoted(text, reply, "");
            return text.toString().getBytes(StandardCharsets.UTF_8);
        }
    },

    /// Bytes as they are, one element a line.
    RAW {
        @Override
        byte[] of(Reply reply) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            appendRaw(bytes, reply);
            bytes.write('\n');
            return bytes.toByteArray();
        }
    };

    /// The bytes to print, with the line break at their end.
    abstract byte[] of(Reply reply);

    private static void appendQuoted(StringBuilder text, Reply reply, String indent) {
        switch (reply) {
            case Reply.Null() -> text.append("(nil)\n");
            case Reply.Simple(String line) -> text.append(line).append('\n');
            case Reply.Failure(String line) ->
                text.append("(error) ").append(line).append('\n');
            case Reply.Int(long value) ->
                text.append("(integer) ").append(value).append('\n');
            case Reply.Bulk bulk -> text.append(quote(bulk.bytes())).append('\n');
            case Reply.Bool(boolean value) -> text.append(value ? "(true)\n" : "(false)\n");
            case Reply.Real(double value) ->
                text.append("(double) ").append(number(value)).append('\n');
            case Reply.BigNumber number ->
                text.append("(big number) ").append(number.value()).append('\n');
            case Reply.Verbatim verbatim -> text.append(verbatim.text()).append('\n');
            case Reply.Array(List<Reply> elements) -> appendNumbered(text, elements, "(empty array)", ")", indent);
            case Reply.Set(List<Reply> elements) -> appendNumbered(text, elements, "(empty set)", "~", indent);
            case Reply.Push(List<Reply> elements) -> appendNumbered(text, elements, "(empty push)", ")", indent);
            case Reply.Map(List<Reply.Entry> entries) -> appendEntries(text, entries, indent);
        }
    }

    private static void appendNumbered(
            StringBuilder text, List<Reply> elements, String empty, String mark, String indent) {
        if (elements.isEmpty()) {
            text.append(empty).append('\n');
        }
        int width = Integer.toString(elements.size()).length();
        String inner = indent + " ".repeat(width + 2);
        for (int i = 0; i < elements.size(); i++) {
            text.append(i == 0 ? "" : indent).append(String.format("%" + width + "d%s ", i + 1, mark));
            appendQuoted(text, elements.get(i), inner);
        }
    }

    private static void appendEntries(StringBuilder text, List<Reply.Entry> entries, String indent) {
        if (entries.isEmpty()) {
            text.append("(empty hash)\n");
        }
        int width = Integer.toString(entries.size()).length();
        String inner = indent + " ".repeat(width + 2);
        for (int i = 0; i < entries.size(); i++) {
            StringBuilder key = new StringBuilder();
            appendQuoted(key, entries.get(i).key(), inner);
            key.setLength(key.length() - 1);
            text.append(i == 0 ? "" : indent)
                    .append(String.format("%" + width + "d# ", i + 1))
                    .append(key)
                    .append(" => ");
            appendQuoted(text, entries.get(i).value(), inner + "   ");
        }
    }

    private static void appendRaw(ByteArrayOutputStream bytes, Reply reply) {
        switch (reply) {
            case Reply.Null() -> {}
            case Reply.Simple(String line) -> write(bytes, line);
            case Reply.Failure(String line) -> write(bytes, line + "\n");
            case Reply.Int(long value) -> write(bytes, Long.toString(value));
            case Reply.Bulk bulk -> bytes.writeBytes(bulk.bytes());
            case Reply.Bool(boolean value) -> write(bytes, value ? "(true)" : "(false)");
            case Reply.Real(double value) -> write(bytes, number(value));
            case Reply.BigNumber number -> write(bytes, number.value().toString());
            case Reply.Verbatim verbatim -> write(bytes, verbatim.text());
            case Reply.Array(List<Reply> elements) -> appendLines(bytes, elements);
            case Reply.Set(List<Reply> elements) -> appendLines(bytes, elements);
            case Reply.Push(List<Reply> elements) -> appendLines(bytes, elements);
            case Reply.Map(List<Reply.Entry> entries) -> {
                List<Reply> flat = new ArrayList<>();
                entries.forEach(entry -> {
                    flat.add(entry.key());
                    flat.add(entry.value());
                });
                appendLines(bytes, flat);
            }
        }
    }

    private static void appendLines(ByteArrayOutputStream bytes, List<Reply> replies) {
        for (int i = 0; i < replies.size(); i++) {
            if (i > 0) {
                bytes.write('\n');
            }
            appendRaw(bytes, replies.get(i));
        }
    }

    private static void write(ByteArrayOutputStream bytes, String text) {
        bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String number(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            return Long.toString((long) value);
        }
        return Double.isInfinite(value) ? (value > 0 ? "inf" : "-inf") : Double.toString(value);
    }

    private static String quote(byte[] bytes) {
        StringBuilder text = new StringBuilder("\"");
        for (byte b : bytes) {
            switch (b) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                case '\b' -> text.append("\\b");
                case 7 -> text.append("\\a");
                default -> {
                    if (b >= ' ' && b < 0x7F) {
                        text.append((char) b);
                    } else {
                        text.append(String.format("\\x%02x", b));
                    }
                }
            }
        }
        return text.append('"').toString();
    }
}
