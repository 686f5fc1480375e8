package dev.situ.kv;

import dev.situ.resp.Command;
import java.lang.foreign.MemorySegment;

/// What clients have sent, as logs keep and show it: of long texts the beginning, and how many bytes there are more.
final class Excerpt {
    private static final int MOST_BYTES = 128;
    private static final int MOST_LINE_BYTES = 1024;

    private Excerpt() {}

    /// Of an argument. Those of a value that is in its record already are not looked for.
    ///
    /// @param command borrowed for the call
    static String of(Command command, int argument) {
        int length = command.length(argument);
        if (command.isExternal(argument)) {
            return "... (" + length + " more bytes)";
        }
        return of(command.memory(), command.offset(argument), length);
    }

    /// Of some bytes.
    static String of(MemorySegment memory, long offset, int length) {
        return cut(Text.of(memory, offset, Math.min(length, MOST_BYTES)), length);
    }

    /// Of a name.
    static String ofName(String name) {
        return of(name, MOST_BYTES);
    }

    /// Of a line about a client: with names, which may be of any length.
    static String ofLine(String line) {
        return of(line, MOST_LINE_BYTES);
    }

    private static String of(String text, int most) {
        return cut(text.length() <= most ? text : text.substring(0, most), text.length());
    }

    private static String cut(String text, int length) {
        return text.length() == length ? text : text + "... (" + (length - text.length()) + " more bytes)";
    }
}
