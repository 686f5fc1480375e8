package dev.situ.server;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A RESP2 client of a few lines, independent of Situ's own code: what it reads is what is on the wire.
final class RespSocket implements Closeable {
    private static final int PATIENCE_MILLIS = 30_000;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    RespSocket(InetSocketAddress server) throws IOException {
        socket = new Socket();
        socket.connect(server, PATIENCE_MILLIS);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
        out = socket.getOutputStream();
    }

    /// Sends a command and gives its reply as text: a line without its line break, or the bytes of a bulk string.
    String call(String... words) throws IOException {
        byte[][] arguments = new byte[words.length][];
        for (int i = 0; i < words.length; i++) {
            arguments[i] = words[i].getBytes(StandardCharsets.UTF_8);
        }
        byte[] reply = call(arguments);
        return reply == null ? "(nil)" : new String(reply, StandardCharsets.UTF_8);
    }

    /// Sends a command and gives its reply's bytes; null for a null reply.
    byte @Nullable [] call(byte[]... arguments) throws IOException {
        send(arguments);
        return read();
    }

    /// Sends a command without waiting.
    void send(byte[]... arguments) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        head.writeBytes(("*" + arguments.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
        for (byte[] argument : arguments) {
            head.writeBytes(("$" + argument.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
            if (argument.length > 1 << 20) {
                head.writeTo(out);
                head.reset();
                out.write(argument);
            } else {
                head.writeBytes(argument);
            }
            head.writeBytes(new byte[] {'\r', '\n'});
        }
        head.writeTo(out);
        out.flush();
    }

    /// Sends bytes as they are.
    void sendRaw(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /// Reads one simple reply: a line, a number, an error, or a bulk string.
    byte @Nullable [] read() throws IOException {
        String line = readLine();
        if (line.charAt(0) != '$') {
            return line.getBytes(StandardCharsets.ISO_8859_1);
        }
        int length = Integer.parseInt(line.substring(1));
        if (length < 0) {
            return null;
        }
        byte[] value = in.readNBytes(length);
        if (value.length < length || in.read() != '\r' || in.read() != '\n') {
            throw new EOFException("a bulk string that does not end");
        }
        return value;
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\r'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("closed by the server after '" + line + "'");
            }
            line.append((char) b);
        }
        if (in.read() != '\n') {
            throw new EOFException("no line break after '" + line + "'");
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
