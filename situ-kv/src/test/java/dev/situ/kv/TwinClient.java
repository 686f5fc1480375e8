package dev.situ.kv;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A client of a real redis-server and one of an executor, that are sent the same, and get messages besides
/// replies.
final class TwinClient implements AutoCloseable {
    /// What came from one of them, reply by reply and message by message, in order.
    record Heard(List<String> redis, List<String> situ) {}

    private final SocketChannel redis;
    private final ReplyFrames redisFrames = new ReplyFrames();
    private final ReplyFrames situFrames = new ReplyFrames();
    private final Server.Connection situ;
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    private int token;

    TwinClient(RedisServer redis, Server situ) throws IOException {
        this.redis = redis.connect();
        this.situ = situ.new Connection(situ.executor, situ.keyspace.newSession(new SilentPeer()));
    }

    /// The number of the connection in Situ.
    long situId() {
        return situ.stream.session().id();
    }

    /// The number of the connection in Redis. Not of a client that has subscribed over RESP2.
    long redisId() throws IOException {
        RedisServer.write(redis, Server.bulk("CLIENT", "ID").getBytes(StandardCharsets.ISO_8859_1));
        return Long.parseLong(next().substring(1).strip());
    }

    /// Sends commands in one piece, each of which has one reply, and gives the replies.
    Heard ask(List<List<String>> commands) throws IOException {
        String request = request(commands);
        RedisServer.write(redis, request.getBytes(StandardCharsets.ISO_8859_1));
        List<String> theirs = new ArrayList<>();
        while (theirs.size() < commands.size()) {
            theirs.add(next());
        }
        return new Heard(theirs, fromSitu(request));
    }

    /// Sends commands in one piece, of which none leaves a transaction open, and gives all that came before they
    /// were answered: also what others have sent before.
    Heard hear(String... lines) throws IOException {
        return hear(List.of(), lines);
    }

    /// The same with commands before them that are sent to one of the servers alone.
    Heard hear(List<List<String>> own, String... lines) throws IOException {
        List<List<String>> commands = new ArrayList<>();
        for (String line : lines) {
            commands.add(ServerCommandsDifferentialTest.words(line));
        }
        String request = request(commands);
        String mark = "mark" + ++token;
        String ping = Server.bulk("PING", mark);
        String theirRequest = (own.isEmpty() ? "" : Server.bulk(own.get(0).toArray(new String[0]))) + request + ping;
        String ourRequest = (own.isEmpty() ? "" : Server.bulk(own.get(1).toArray(new String[0]))) + request + ping;
        RedisServer.write(redis, theirRequest.getBytes(StandardCharsets.ISO_8859_1));
        List<String> theirs = new ArrayList<>();
        for (String frame = next(); !frame.contains(mark); frame = next()) {
            theirs.add(frame);
        }
        List<String> ours = fromSitu(ourRequest);
        ours.removeIf(frame -> frame.contains(mark)); // messages come behind it
        return new Heard(theirs, ours);
    }

    private static String request(List<List<String>> commands) {
        StringBuilder request = new StringBuilder();
        commands.forEach(command -> request.append(Server.bulk(command.toArray(new String[0]))));
        return request.toString();
    }

    private String next() throws IOException {
        while (true) {
            Optional<String> frame = redisFrames.next();
            if (frame.isPresent()) {
                return frame.get();
            }
            if (redis.read(buffer.clear()) < 0) {
                throw new IOException("redis-server has closed the connection");
            }
            redisFrames.add(buffer.array(), buffer.position());
        }
    }

    private List<String> fromSitu(String request) {
        byte[] replies = situ.send(request.getBytes(StandardCharsets.ISO_8859_1));
        situFrames.add(replies, replies.length);
        byte[] messages = situ.deliver();
        situFrames.add(messages, messages.length);
        List<String> frames = new ArrayList<>();
        for (Optional<String> frame = situFrames.next(); frame.isPresent(); frame = situFrames.next()) {
            frames.add(frame.get());
        }
        return frames;
    }

    @Override
    public void close() throws IOException {
        redis.close();
        situ.close();
    }
}
