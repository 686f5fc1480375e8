package dev.situ.bench.dpdk;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// Datagrams that are sent to a server, one after the other, and what their answers look like.
///
/// ```
///   | R2P2's header, 8 bytes: a request of one packet | *2 $3 GET $12 key:00000042 |      GET
///   | R2P2's header                                   | $64 xxx...                 |      the reply, and the echo's
/// datagram
/// ```
public final class Question {
    private static final byte[] HEADER = HexFormat.of().parseHex("cc0801c000000001");
    private static final int ID = 4;
    private static final String KEY = "key:00000000";
    private static final String GET = "*2\r\n$3\r\nGET\r\n$12\r\n" + KEY + "\r\n";
    private static final int DIGITS = 8;
    private static final int NO_KEY = -1;

    private final byte[][] datagrams;
    private final int[] keyAt;
    private final int firstKey;
    private final int keys;
    private final String firstOfAnswers;
    private final int leastAnswer;

    private Question(int firstKey, int keys, String firstOfAnswers, int leastAnswer, String... bodies) {
        this.firstKey = firstKey;
        this.keys = keys;
        this.firstOfAnswers = firstOfAnswers;
        this.leastAnswer = leastAnswer;
        datagrams = new byte[bodies.length][];
        keyAt = new int[bodies.length];
        for (int i = 0; i < bodies.length; i++) {
            byte[] body = bodies[i].getBytes(StandardCharsets.US_ASCII);
            datagrams[i] = new byte[HEADER.length + body.length];
            System.arraycopy(HEADER, 0, datagrams[i], 0, HEADER.length);
            System.arraycopy(body, 0, datagrams[i], HEADER.length, body.length);
            int key = bodies[i].indexOf(KEY);
            keyAt[i] = key < 0 ? NO_KEY : HEADER.length + key + KEY.length() - DIGITS;
        }
    }

    private static String bulk(int length) {
        return "$" + length + "\r\n" + "x".repeat(length) + "\r\n";
    }

    /// The bytes of the reply to a GET of a value of `length` bytes, with R2P2's header.
    public static int replyBytes(int length) {
        return HEADER.length + bulk(length).length();
    }

    /// The bytes before the value in such a reply.
    public static int bytesBeforeValue(int length) {
        return HEADER.length + ("$" + length + "\r\n").length();
    }

    /// What comes back as it is: as long as the reply to a GET of such a value.
    static Question echo(int valueLength) {
        return new Question(0, 1, "$", replyBytes(valueLength), bulk(valueLength));
    }

    /// GETs of `keys` keys in turn, from number `firstKey` on, whose values have `valueLength` bytes.
    public static Question get(int valueLength, int firstKey, int keys) {
        return new Question(firstKey, keys, "$", replyBytes(valueLength), GET);
    }

    /// SETs of these keys in turn.
    public static Question set(int valueLength, int firstKey, int keys) {
        return new Question(firstKey, keys, "+", HEADER.length + 1, set(valueLength));
    }

    private static String set(int valueLength) {
        return "*3\r\n$3\r\nSET\r\n$12\r\n" + KEY + "\r\n" + bulk(valueLength);
    }

    /// A SET of one key and its GET, in turn.
    static Question setAndGet(int valueLength) {
        return new Question(0, 1, "+$", HEADER.length + 1, set(valueLength), GET);
    }

    /// The bytes of datagram `number`.
    public int length(int number) {
        return datagrams[number % datagrams.length].length;
    }

    /// Writes datagram `number`.
    public void write(MemorySegment memory, long at, int number) {
        int which = number % datagrams.length;
        Words.copyFrom(datagrams[which], 0, memory, at, datagrams[which].length);
        Words.setShortBe(memory, at + ID, number & 0xFFFF);
        if (keyAt[which] == NO_KEY) {
            return;
        }
        int rest = firstKey + number % keys;
        for (int i = DIGITS - 1; i >= 0; i--) {
            Words.setByte(memory, at + keyAt[which] + i, (byte) ('0' + rest % 10));
            rest /= 10;
        }
    }

    /// Whether a datagram answers a question that was written before datagram `number`.
    static boolean answersBefore(MemorySegment memory, long at, int length, int number) {
        return length >= HEADER.length && (short) (Words.getUnsignedShortBe(memory, at + ID) - number) < 0;
    }

    /// Whether a datagram is an answer as it should be: an error or a miss is none.
    public boolean isAnswer(MemorySegment memory, long at, int length) {
        return length >= leastAnswer
                && firstOfAnswers.indexOf(Words.getByte(memory, at + HEADER.length)) >= 0
                && Words.getByte(memory, at + HEADER.length + 1) != '-';
    }
}
