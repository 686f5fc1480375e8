package dev.situ.resp;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A slow and plain model of the parser: from a whole input to the commands in it and the error that ends it.
final class ReferenceParser {
    private static final int MAX_LINE = 64 * 1024;

    private final byte[] in;
    private int at;
    final List<List<String>> commands = new ArrayList<>();
    String error = "";

    ReferenceParser(byte[] in) {
        this.in = in.clone();
    }

    /// Fills [#commands] and [#error].
    ReferenceParser run() {
        while (at < in.length && error.isEmpty()) {
            int before = at;
            boolean whole = in[at] == '*' ? multibulk() : inline();
            if (!whole) {
                at = before;
                break;
            }
        }
        return this;
    }

    private boolean inline() {
        int end = find('\n', "too big inline request");
        if (end < 0) {
            return false;
        }
        String line = text(at, end);
        at = end + 1;
        if (line.endsWith("\r")) {
            line = line.substring(0, line.length() - 1);
        }
        List<String> arguments = new ArrayList<>();
        int i = 0;
        while (true) {
            while (i < line.length() && " \t\n\u000b\f\r".indexOf(line.charAt(i)) >= 0) {
                i++;
            }
            if (i == line.length()) {
                break;
            }
            StringBuilder argument = new StringBuilder();
            char quote = 0;
            while (true) {
                if (i == line.length()) {
                    if (quote != 0) {
                        error = "unbalanced quotes in request";
                        return false;
                    }
                    break;
                }
                char c = line.charAt(i++);
                if (quote == 0) {
                    if (" \t\n\r".indexOf(c) >= 0) {
                        i--;
                        break;
                    } else if (c == '"' || c == '\'') {
                        quote = c;
                    } else {
                        argument.append(c);
                    }
                } else if (c == quote) {
                    if (i < line.length() && " \t\n\u000b\f\r".indexOf(line.charAt(i)) < 0) {
                        error = "unbalanced quotes in request";
                        return false;
                    }
                    break;
                } else if (c == '\\' && quote == '\'' && i < line.length() && line.charAt(i) == '\'') {
                    argument.append('\'');
                    i++;
                } else if (c == '\\' && quote == '"' && i < line.length()) {
                    String rest = line.substring(i);
                    if (rest.matches("(?s)x[0-9a-fA-F]{2}.*")) {
                        argument.append((char) Integer.parseInt(rest.substring(1, 3), 16));
                        i += 3;
                    } else {
                        int known = "nrtba".indexOf(rest.charAt(0));
                        argument.append(known < 0 ? rest.charAt(0) : "\n\r\t\b\u0007".charAt(known));
                        i++;
                    }
                } else {
                    argument.append(c);
                }
            }
            arguments.add(argument.toString());
        }
        if (!arguments.isEmpty()) {
            commands.add(arguments);
        }
        return true;
    }

    private boolean multibulk() {
        int end = find('\r', "too big mbulk count string");
        if (end < 0 || end + 2 > in.length) {
            return false;
        }
        Long count = number(at + 1, end);
        if (count == null || count > Integer.MAX_VALUE) {
            error = "invalid multibulk length";
            return false;
        }
        at = end + 2;
        List<String> arguments = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            end = find('\r', "too big bulk count string");
            if (end < 0 || end + 2 > in.length) {
                return false;
            }
            if (in[at] != '$') {
                error = "expected '$', got '" + text(at, at + 1).replaceAll("[\r\n]", " ") + "'";
                return false;
            }
            Long length = number(at + 1, end);
            if (length == null || length < 0 || length > 512 * 1024 * 1024) {
                error = "invalid bulk length";
                return false;
            }
            at = end + 2;
            if (at + length + 2 > in.length) {
                return false;
            }
            arguments.add(text(at, at + length.intValue()));
            at += length.intValue() + 2;
        }
        if (!arguments.isEmpty()) {
            commands.add(arguments);
        }
        return true;
    }

    private int find(char terminator, String tooLong) {
        for (int i = at; i < in.length && i <= at + MAX_LINE; i++) {
            if (in[i] == terminator) {
                return i;
            }
            if (in[i] == 0) {
                break;
            }
        }
        if (in.length - at > MAX_LINE) {
            error = tooLong;
        }
        return -1;
    }

    private @org.jspecify.annotations.Nullable Long number(int from, int to) {
        String text = text(from, Math.max(from, to));
        if (!text.matches("0|-?[1-9][0-9]{0,18}")) {
            return null;
        }
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException _) {
            return null;
        }
    }

    private String text(int from, int to) {
        return new String(in, from, to - from, StandardCharsets.ISO_8859_1);
    }
}
