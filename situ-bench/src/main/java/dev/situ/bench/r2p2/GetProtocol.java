package dev.situ.bench.r2p2;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// One datagram that asks for a value, as each of the compared servers wants it.
enum GetProtocol {
    /// memcached's UDP frame (request id, sequence 0, 1 datagram, reserved 0) and its text protocol.
    MEMCACHED("0000" + "0000" + "0001" + "0000", "get %s\r\n", 0, "VALUE "),

    /// R2P2's header (request, fixed policy, first and last, request id, 1 packet) and RESP.
    R2P2("cc08" + "01" + "c0" + "0000" + "0001", "*2\r\n$3\r\nGET\r\n$12\r\n%s\r\n", 4, "$"),

    /// As much as the longer of request and reply of a 64-byte value has: comes back as it is.
    ECHO("cc08" + "01" + "c0" + "0000" + "0001", "$64\r\n%s" + "x".repeat(52) + "\r\n", 4, "$");

    private static final int HEADER = 8;

    /// The bytes of every key: `key:` and eight digits.
    static final int KEY_LENGTH = 12;

    @SuppressWarnings("ImmutableEnumChecker") // written by the constructor only
    private final byte[] template;

    private final int idAt;
    private final int keyAt;
    private final byte firstOfReply;

    GetProtocol(String header, String text, int idAt, String reply) {
        byte[] head = HexFormat.of().parseHex(header);
        byte[] body = String.format(text, key(0)).getBytes(StandardCharsets.US_ASCII);
        template = new byte[head.length + body.length];
        System.arraycopy(head, 0, template, 0, head.length);
        System.arraycopy(body, 0, template, head.length, body.length);
        this.idAt = idAt;
        keyAt = HEADER + text.indexOf("%s");
        firstOfReply = (byte) reply.charAt(0);
    }

    /// Key `number` in text.
    static String key(int number) {
        return String.format("key:%08d", number);
    }

    int requestLength() {
        return template.length;
    }

    /// Writes the request for key `number` with a 16-bit request id.
    void write(MemorySegment memory, long at, int id, int number) {
        Words.copyFrom(template, 0, memory, at, template.length);
        Words.setShortBe(memory, at + idAt, id);
        int rest = number;
        for (int i = KEY_LENGTH - 1; i >= KEY_LENGTH - 8; i--) {
            Words.setByte(memory, at + keyAt + i, (byte) ('0' + rest % 10));
            rest /= 10;
        }
    }

    /// Whether a datagram is a reply that carries a value of `valueLength` bytes: a miss or an error does not
    /// count.
    boolean isHit(MemorySegment memory, long at, int length, int valueLength) {
        return length > HEADER + valueLength
                && Words.getByte(memory, at + HEADER) == firstOfReply
                && Words.getByte(memory, at + HEADER + 1) != '-';
    }

    /// The request id that a reply carries.
    int id(MemorySegment memory, long at) {
        return Words.getUnsignedShortBe(memory, at + idAt);
    }
}
