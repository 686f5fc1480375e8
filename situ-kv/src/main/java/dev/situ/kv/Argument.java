package dev.situ.kv;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// One argument of a command, for `COMMAND DOCS`, as Redis describes it.
///
/// Declared in a line of text, which [#parse] reads:
///
/// ```
///   key:key value [condition:(nx=NX | xx=XX)@2.6.12] [ttl:int=EX] pair:{key:key value}...
///
///   name            a string                       name:(a | b)    one of these
///   name:int        a number; key, time, ...       name:{a b}      these together
///   name=TOKEN      the word itself                [...]           may be left out
///   name:int=TOKEN  behind the word                ...  +...       several times; the word each time
///   #1              of which key it is             @7.0.0  !7.0.0  since when; until when
/// ```
///
/// @param type in Redis's words
/// @param keySpec for a key: which of the command's [CommandSpec#keyParts] it belongs to
/// @param parts of a block or a choice
record Argument(
        String name,
        String type,
        int keySpec,
        String token,
        String since,
        String deprecatedSince,
        boolean optional,
        boolean multiple,
        boolean multipleToken,
        List<Argument> parts) {
    private static final Map<String, String> TYPES = Map.of(
            "int", "integer",
            "double", "double",
            "key", "key",
            "pattern", "pattern",
            "time", "unix-time",
            "string", "string");

    private static final String TOKEN = "pure-token";

    Argument {
        parts = List.copyOf(parts);
    }

    /// Reads a declaration.
    ///
    /// @throws IllegalArgumentException if it is not well formed
    static List<Argument> parse(String text) {
        return new Parser(text).all();
    }

    void write(Reply reply) {
        boolean flags = optional || multiple || multipleToken;
        int fields = 2
                + (type.equals("key") ? 1 : 0)
                + (token.isEmpty() ? 0 : 1)
                + (since.isEmpty() ? 0 : 1)
                + (deprecatedSince.isEmpty() ? 0 : 1)
                + (flags ? 1 : 0)
                + (parts.isEmpty() ? 0 : 1);
        reply.map(fields);
        field(reply, "name", name);
        field(reply, "type", type);
        if (type.equals("key")) {
            reply.bulk("key_spec_index");
            reply.integer(keySpec);
        }
        fieldIfThere(reply, "token", token);
        fieldIfThere(reply, "since", since);
        fieldIfThere(reply, "deprecated_since", deprecatedSince);
        if (flags) {
            writeFlags(reply);
        }
        if (!parts.isEmpty()) {
            reply.bulk("arguments");
            reply.array(parts.size());
            parts.forEach(part -> part.write(reply));
        }
    }

    private void writeFlags(Reply reply) {
        reply.bulk("flags");
        reply.set((optional ? 1 : 0) + (multiple ? 1 : 0) + (multipleToken ? 1 : 0));
        if (optional) {
            reply.simple("optional");
        }
        if (multiple) {
            reply.simple("multiple");
        }
        if (multipleToken) {
            reply.simple("multiple_token");
        }
    }

    private static void field(Reply reply, String name, String value) {
        reply.bulk(name);
        reply.bulk(value);
    }

    private static void fieldIfThere(Reply reply, String name, String value) {
        if (!value.isEmpty()) {
            field(reply, name, value);
        }
    }

    /// Reads a line from left to right.
    private static final class Parser {
        private static final String ENDS = " :=@!#+.[](){}|";
        private static final String TOKEN_ENDS = " @!#+.[](){}|";

        private final String text;
        private int at;

        Parser(String text) {
            this.text = text;
        }

        List<Argument> all() {
            List<Argument> all = list('\0');
            if (at < text.length()) {
                throw wrong();
            }
            return all;
        }

        /// Arguments up to a closing bracket, with blanks or bars between them.
        private List<Argument> list(char end) {
            List<Argument> list = new ArrayList<>();
            while (true) {
                while (isNext(' ') || isNext('|')) {
                    at++;
                }
                if (at == text.length() || isNext(end)) {
                    return list;
                }
                list.add(isNext('[') ? optional() : one(false));
            }
        }

        private Argument optional() {
            expect('[');
            Argument argument = one(true);
            expect(']');
            return argument;
        }

        private Argument one(boolean optional) {
            String name = name();
            String type = "string";
            boolean typed = false;
            List<Argument> parts = List.of();
            if (isNext(':')) {
                at++;
                typed = true;
                if (isNext('(')) {
                    at++;
                    type = "oneof";
                    parts = list(')');
                    expect(')');
                } else if (isNext('{')) {
                    at++;
                    type = "block";
                    parts = list('}');
                    expect('}');
                } else {
                    type = TYPES.getOrDefault(word(ENDS), "");
                }
            }
            String token = after('=', TOKEN_ENDS);
            String since = after('@', " !#+[](){}|");
            String deprecated = after('!', " #+[](){}|");
            String key = after('#', ENDS);
            boolean multipleToken = isNext('+');
            at += multipleToken ? 1 : 0;
            boolean multiple = text.startsWith("...", at);
            at += multiple ? 3 : 0;
            if (type.isEmpty() || name.isEmpty()) {
                throw wrong();
            }
            return new Argument(
                    name,
                    typed || token.isEmpty() ? type : TOKEN,
                    key.isEmpty() ? 0 : Integer.parseInt(key),
                    token,
                    since,
                    deprecated,
                    optional,
                    multiple,
                    multipleToken,
                    parts);
        }

        /// A name; one in quotes may have any characters.
        private String name() {
            if (!isNext('\'')) {
                return word(ENDS);
            }
            int end = text.indexOf('\'', at + 1);
            if (end < 0) {
                throw wrong();
            }
            String name = text.substring(at + 1, end);
            at = end + 1;
            return name;
        }

        private String after(char mark, String ends) {
            if (!isNext(mark)) {
                return "";
            }
            at++;
            int start = at;
            while (at < text.length() && ends.indexOf(text.charAt(at)) < 0 && !text.startsWith("...", at)) {
                at++;
            }
            return text.substring(start, at);
        }

        private String word(String ends) {
            int start = at;
            while (at < text.length() && ends.indexOf(text.charAt(at)) < 0) {
                at++;
            }
            return text.substring(start, at);
        }

        private boolean isNext(char c) {
            return at < text.length() && text.charAt(at) == c;
        }

        private void expect(char c) {
            if (!isNext(c)) {
                throw wrong();
            }
            at++;
        }

        private IllegalArgumentException wrong() {
            return new IllegalArgumentException("arguments not understood at " + at + ": " + text);
        }
    }
}
