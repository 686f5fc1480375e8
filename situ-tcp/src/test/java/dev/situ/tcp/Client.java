package dev.situ.tcp;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// A blocking client that speaks just enough RESP for the tests.
final class Client implements AutoCloseable {
    final SocketChannel channel;
    private final InputStream in;
    private final OutputStream out;

    private Client(SocketAddress address) throws IOException {
        channel = SocketChannel.open(address);
        in = new BufferedInputStream(Channels.newInputStream(channel), 1 << 16);
        out = Channels.newOutputStream(channel);
    }

    static Client tcp(int port) throws IOException {
        Client client = new Client(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        client.channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return client;
    }

    static Client unix(Path path) throws IOException {
        return new Client(UnixDomainSocketAddress.of(path));
    }

    /// A command in RESP.
    static byte[] command(Object... arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(ascii("*" + arguments.length + "\r\n"));
        for (Object argument : arguments) {
            byte[] raw = argument instanceof byte[] array ? array : ascii(argument.toString());
            bytes.writeBytes(ascii("$" + raw.length + "\r\n"));
            bytes.writeBytes(raw);
            bytes.writeBytes(ascii("\r\n"));
        }
        return bytes.toByteArray();
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /// Sends a command and waits for its reply.
    String call(Object... arguments) throws IOException {
        send(command(arguments));
        return reply();
    }

    void send(byte[] bytes) throws IOException {
        out.write(bytes);
    }

    void send(byte[] bytes, int from, int length) throws IOException {
        out.write(bytes, from, length);
    }

    /// One reply: a line as it is (`+OK`, `-ERR ...`, `:1`), a bulk string's text, `(nil)` for none.
    String reply() throws IOException {
        String line = line();
        if (!line.startsWith("$")) {
            return line;
        }
        int length = Integer.parseInt(line.substring(1));
        return length < 0 ? "(nil)" : new String(bulk(length), StandardCharsets.ISO_8859_1);
    }

    /// One reply that is a bulk string.
    byte[] bulk() throws IOException {
        String line = line();
        if (!line.startsWith("$")) {
            throw new IOException("not a bulk string: " + line);
        }
        return bulk(Integer.parseInt(line.substring(1)));
    }

    /// Says whether the server has closed the connection, after what it sent.
    boolean atEnd() throws IOException {
        try {
            return in.read() < 0;
        } catch (IOException reset) {
            return true;
        }
    }

    /// Says whether the connection ends in order now, and not with a reset.
    boolean endsCleanly() throws IOException {
        return in.read() < 0;
    }

    /// Skips bytes of replies.
    void skip(long bytes) throws IOException {
        in.skipNBytes(bytes);
    }

    private byte[] bulk(int length) throws IOException {
        byte[] value = in.readNBytes(length);
        if (value.length < length || in.read() != '\r' || in.read() != '\n') {
            throw new EOFException("a value was cut off after " + value.length + " bytes");
        }
        return value;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException("closed after '" + line + "'");
            }
            if (b == '\r') {
                in.read();
                return line.toString();
            }
            line.append((char) b);
        }
    }

    /// Closes with a reset instead of an orderly end.
    void reset() throws IOException {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        channel.close();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
