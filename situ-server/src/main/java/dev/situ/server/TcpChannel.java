package dev.situ.server;

import dev.situ.client.Reply;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Commands over RESP on TCP. Understands RESP2 and RESP3, so `HELLO 3` may be typed.
final class TcpChannel implements CommandChannel {
    private static final int CONNECT_MILLIS = 5_000;
    private static final int MOST_LINE_BYTES = 1 << 16;

    private final Socket socket = new Socket();
    private final InputStream in;
    private final OutputStream out;

    TcpChannel(InetSocketAddress server) throws IOException {
        try {
            socket.connect(server, CONNECT_MILLIS);
            socket.setTcpNoDelay(true);
            in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
            out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
        } catch (IOException e) {
            socket.close();
            throw new IOException("could not connect to " + Addresses.format(server) + ": " + e.getMessage(), e);
        }
    }

    @Override
    public Reply call(List<byte[]> words) throws IOException {
        line("*" + words.size());
        for (byte[] word : words) {
            line("$" + word.length);
            out.write(word);
            line("");
        }
        out.flush();
        Reply reply = read();
        while (reply instanceof Reply.Push) {
            reply = read();
        }
        return reply;
    }

    @Override
    public boolean isConnection() {
        return true;
    }

    private void line(String text) throws IOException {
        out.write((text + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    private Reply read() throws IOException {
        int type = in.read();
        String line = readLine();
        return switch (type) {
            case -1 -> throw new EOFException("the server closed the connection");
            case '+' -> new Reply.Simple(line);
            case '-' -> new Reply.Failure(line);
            case ':' -> new Reply.Int(Long.parseLong(line));
            case '$' -> line.equals("-1") ? new Reply.Null() : new Reply.Bulk(readBulk(line));
            case '*' -> line.equals("-1") ? new Reply.Null() : new Reply.Array(readMany(line));
            case '~' -> new Reply.Set(readMany(line));
            case '>' -> new Reply.Push(readMany(line));
            case '%' -> new Reply.Map(readEntries(line));
            case '_' -> new Reply.Null();
            case '#' -> new Reply.Bool(line.equals("t"));
            case ',' -> new Reply.Real(real(line));
            case '(' -> new Reply.BigNumber(new BigInteger(line));
            case '=' -> verbatim(readBulk(line));
            case '!' -> new Reply.Failure(new String(readBulk(line), StandardCharsets.UTF_8));
            default -> throw new ProtocolException("not a RESP reply: it starts with byte " + type);
        };
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\r'; b = in.read()) {
            if (b < 0) {
                return "";
            }
            if (line.length() == MOST_LINE_BYTES) {
                throw new ProtocolException("not a RESP reply: a line without an end");
            }
            line.append((char) b);
        }
        in.read();
        return line.toString();
    }

    private byte[] readBulk(String length) throws IOException {
        byte[] bytes = in.readNBytes(Integer.parseInt(length));
        in.skipNBytes(2);
        return bytes;
    }

    private List<Reply> readMany(String count) throws IOException {
        List<Reply> replies = new ArrayList<>();
        for (int i = Integer.parseInt(count); i > 0; i--) {
            replies.add(read());
        }
        return replies;
    }

    private List<Reply.Entry> readEntries(String count) throws IOException {
        List<Reply.Entry> entries = new ArrayList<>();
        for (int i = Integer.parseInt(count); i > 0; i--) {
            Reply key = read();
            entries.add(new Reply.Entry(key, read()));
        }
        return entries;
    }

    private static double real(String line) {
        return switch (line) {
            case "inf" -> Double.POSITIVE_INFINITY;
            case "-inf" -> Double.NEGATIVE_INFINITY;
            case "nan" -> Double.NaN;
            default -> Double.parseDouble(line);
        };
    }

    private static Reply verbatim(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        return text.length() < 4
                ? new Reply.Verbatim("txt", text)
                : new Reply.Verbatim(text.substring(0, 3), text.substring(4));
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            System.getLogger("dev.situ.server").log(System.Logger.Level.DEBUG, "closing the connection", e);
        }
    }
}
