package dev.situ.server;

import dev.situ.kv.CommandStream;
import dev.situ.kv.Executor;
import dev.situ.kv.Keyspace;
import dev.situ.kv.Reply;
import dev.situ.kv.StreamStatus;
import dev.situ.memory.SliceList;
import dev.situ.r2p2.RequestHandler;
import dev.situ.r2p2.RequestStatus;
import dev.situ.store.StoreWorker;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// Executes the requests of one queue, one after the other. Confined to the queue's poller.
final class R2p2Lane implements AutoCloseable {
    /// Replies that are longer fit no response of either mode, so they are thrown away as they come; the commands
    /// still run.
    private static final long MOST_REPLY_BYTES = 64 << 20;

    private static final MemorySegment INCOMPLETE = text("-ERR Protocol error: the request ends within a command\r\n");
    private static final MemorySegment EMPTY = text("-ERR Protocol error: the request holds no command\r\n");
    private static final MemorySegment PAUSED = text("-TRYAGAIN clients are paused\r\n");
    private static final MemorySegment TOO_LARGE =
            text("-ERR the reply is larger than R2P2 may carry to this client; the command was executed\r\n");

    private final Keyspace keyspace;
    private final StoreWorker worker;
    private final Executor executor;
    private final Reply reply = new Reply();
    private CommandStream stream;

    R2p2Lane(Keyspace keyspace, StoreWorker worker) {
        this.keyspace = keyspace;
        this.worker = worker;
        executor = new Executor(keyspace, worker);
        stream = newStream();
    }

    private CommandStream newStream() {
        return new CommandStream(executor, keyspace.newSession(), MOST_REPLY_BYTES);
    }

    /// See [dev.situ.r2p2.RequestHandler#begin].
    void begin() {
        executor.beginBursts();
    }

    /// See [dev.situ.r2p2.RequestHandler#wantsAnnouncements].
    boolean wantsAnnouncements() {
        return executor.wantsAnnouncements();
    }

    /// See [dev.situ.r2p2.RequestHandler#announce].
    void announce(SliceList requests) {
        executor.announce(stream.session(), requests); // each begins in the same database
    }

    /// See [dev.situ.r2p2.RequestHandler#end].
    void end() {
        executor.endBursts();
    }

    /// See [dev.situ.r2p2.RequestHandler#brief].
    int brief(MemorySegment request, long offset, int length, int mostBytes) {
        keyspace.welcome(stream.session()); // as for any other
        int reply = stream.loneGet(request, offset, length, mostBytes);
        return reply == Executor.NOT_LONE ? RequestHandler.NOT_BRIEF : reply;
    }

    /// See [dev.situ.r2p2.RequestHandler#writeBrief].
    void writeBrief(MemorySegment to, long offset) {
        executor.writeLoneGet(to, offset);
    }

    /// See [dev.situ.r2p2.RequestHandler#handle].
    RequestStatus handle(SliceList request, SliceList response) {
        reply.clear();
        keyspace.welcome(stream.session()); // nothing that an earlier request has said holds for this one
        boolean overflown = false;
        StreamStatus status = StreamStatus.OPEN;
        for (int i = 0; i < request.size() && status != StreamStatus.CLOSE && status != StreamStatus.PAUSED; i++) {
            status = stream.feed(request, i, reply);
            while (status == StreamStatus.MORE) {
                overflown = true;
                reply.clear();
                status = stream.resume(reply);
            }
        }
        if (overflown) {
            add(response, TOO_LARGE);
        } else {
            response.addAll(reply.slices());
        }
        if (status == StreamStatus.PAUSED) { // a request cannot wait: it would be sent again
            stream.reset();
            add(response, PAUSED);
        } else if (status != StreamStatus.CLOSE && !stream.isBetweenCommands()) {
            stream.reset();
            add(response, INCOMPLETE);
        }
        if (response.isEmpty()) {
            add(response, EMPTY);
        }
        // Each request is a connection of its own: nothing of one may hold for the next.
        if (status == StreamStatus.CLOSE || !stream.session().isFresh()) {
            stream.close();
            stream = newStream();
        }
        return RequestStatus.REPLY;
    }

    /// See [dev.situ.r2p2.RequestHandler#tooLarge].
    RequestStatus tooLarge(SliceList response) {
        add(response, TOO_LARGE);
        return RequestStatus.REPLY;
    }

    /// Keeps a record that a response names as an owner. Inside the poll that executed the request.
    void pin(long record) {
        worker.pin(record);
    }

    void unpin(long record) {
        worker.unpin(record);
    }

    private static void add(SliceList response, MemorySegment text) {
        response.add(text, 0, (int) text.byteSize(), SliceList.NO_OWNER);
    }

    private static MemorySegment text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        MemorySegment memory = Arena.global().allocate(bytes.length);
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, memory, 0, bytes.length);
        return memory;
    }

    @Override
    public void close() {
        stream.close();
    }
}
