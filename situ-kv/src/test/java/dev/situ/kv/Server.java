package dev.situ.kv;

import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import dev.situ.store.Store;
import dev.situ.store.StoreOptions;
import dev.situ.store.StoreWorker;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// A store with one worker and one executor, and connections to it without a network.
final class Server implements AutoCloseable {
    static final long MEMORY = 64 << 20;

    final Store store;
    final StoreWorker worker;
    final Keyspace keyspace;
    final Executor executor;

    Server() {
        this(StoreOptions.ofMemory(MEMORY));
    }

    Server(StoreOptions options) {
        store = Store.open(options);
        worker = store.worker("test");
        keyspace = new Keyspace(store, new FixedServerInfo(options.memoryBytes()));
        executor = new Executor(keyspace, worker);
    }

    Connection connect() {
        return new Connection(executor);
    }

    /// A connection whose commands another executor runs, on the same worker.
    Connection connect(Executor other) {
        return new Connection(other);
    }

    /// A connection whose commands are run on another worker, of the caller's.
    Connection connectOn(StoreWorker other) {
        return new Connection(new Executor(keyspace, other));
    }

    @Override
    public void close() {
        try {
            if (store.statistics().claimedRecords() != 0) {
                throw new AssertionError("claimed records leaked: " + store.statistics());
            }
        } finally {
            worker.close();
            store.close();
        }
    }

    /// A client's end of one connection.
    final class Connection implements AutoCloseable {
        final CommandStream stream;
        final Reply reply = new Reply();
        private final StoreWorker own;
        StreamStatus status = StreamStatus.OPEN;

        Connection(Executor executor) {
            this(executor, keyspace.newSession());
        }

        Connection(Executor executor, Session session) {
            stream = new CommandStream(executor, session);
            own = executor.worker();
        }

        /// Sends bytes, one for each char, in one piece, and gives the whole reply.
        String send(String request) {
            return new String(send(request.getBytes(StandardCharsets.ISO_8859_1)), StandardCharsets.ISO_8859_1);
        }

        byte[] send(byte[] request) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            own.enter();
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment in = arena.allocate(Math.max(1, request.length));
                Words.copyFrom(request, 0, in, 0, request.length);
                status = stream.feed(in, 0, request.length, reply);
                in.fill((byte) 0x5A); // The input is borrowed for the call only.
                drain(out);
                while (status == StreamStatus.MORE) {
                    status = stream.resume(reply);
                    drain(out);
                }
            } finally {
                own.exit();
            }
            return out.toByteArray();
        }

        /// What others have for this connection.
        byte[] deliver() {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            own.enter();
            try {
                stream.deliver(reply);
                drain(out);
            } finally {
                own.exit();
            }
            return out.toByteArray();
        }

        /// Sends a command as an array of bulk strings.
        String command(String... arguments) {
            return send(bulk(arguments));
        }

        /// Moves the reply out.
        void drain(ByteArrayOutputStream out) {
            SliceList slices = reply.slices();
            for (int i = 0; i < slices.size(); i++) {
                byte[] bytes = new byte[slices.length(i)];
                Words.copyTo(slices.memory(i), slices.offset(i), bytes, 0, bytes.length);
                out.writeBytes(bytes);
            }
            reply.clear();
        }

        @Override
        public void close() {
            stream.close();
        }
    }

    /// A command as an array of bulk strings.
    static String bulk(String... arguments) {
        StringBuilder text = new StringBuilder("*" + arguments.length + "\r\n");
        for (String argument : arguments) {
            text.append('$')
                    .append(argument.length())
                    .append("\r\n")
                    .append(argument)
                    .append("\r\n");
        }
        return text.toString();
    }
}
