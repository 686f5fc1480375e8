package dev.situ.resp;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Gives the parser bytes piece by piece, each time in a fresh segment of exactly the bytes that it may see, so
/// that a read outside of them throws.
final class ParserDriver {
    private final RespParser parser = new RespParser();
    final List<List<String>> commands = new ArrayList<>();
    String error = "";
    private byte[] held = new byte[0];

    /// Gives the next piece.
    void give(byte[] in, int from, int to) {
        if (!error.isEmpty()) {
            return;
        }
        byte[] joined = new byte[held.length + to - from];
        System.arraycopy(held, 0, joined, 0, held.length);
        System.arraycopy(in, from, joined, held.length, to - from);
        try (Arena arena = Arena.ofConfined()) {
            int margin = 3;
            MemorySegment all = arena.allocate(joined.length + 2L * margin);
            all.fill((byte) '\r');
            MemorySegment visible = all.asSlice(0, margin + joined.length);
            Words.copyFrom(joined, 0, visible, margin, joined.length);
            held = parse(visible, margin, joined);
        }
    }

    private byte[] parse(MemorySegment memory, int offset, byte[] joined) {
        int at = 0;
        while (true) {
            switch (parser.parse(memory, offset + at, joined.length - at)) {
                case COMMAND -> {
                    commands.add(arguments(parser.command()));
                    at += parser.consumed();
                }
                case EMPTY -> at += parser.consumed();
                case INCOMPLETE -> {
                    byte[] rest = new byte[joined.length - at];
                    System.arraycopy(joined, at, rest, 0, rest.length);
                    return rest;
                }
                case ERROR -> {
                    String reply = new String(parser.errorReply(), StandardCharsets.ISO_8859_1);
                    error = reply.substring("-ERR Protocol error: ".length(), reply.length() - 2);
                    return new byte[0];
                }
            }
        }
    }

    static List<String> arguments(Command command) {
        List<String> arguments = new ArrayList<>();
        for (int i = 0; i < command.count(); i++) {
            byte[] bytes = new byte[command.length(i)];
            Words.copyTo(command.memory(), command.offset(i), bytes, 0, bytes.length);
            arguments.add(new String(bytes, StandardCharsets.ISO_8859_1));
        }
        return arguments;
    }
}
