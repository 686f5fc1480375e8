package dev.situ.client;

import dev.situ.memory.Consumes;
import dev.situ.memory.SliceList;
import dev.situ.r2p2.CallStart;
import dev.situ.r2p2.CallStatus;
import dev.situ.r2p2.Completion;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A call on its way from the thread that made it to the client's thread and back through a future.
///
/// A short request is a Java array, which the client's thread copies into the packet; a long one is in a block that
/// goes back when the call ends.
final class PendingCall<T extends @Nullable Object> extends Submission implements Completion {
    private static final byte[] IN_BLOCK = {};

    final CompletableFuture<T> future = new CompletableFuture<>();
    private final Function<ReplyReader, T> decoder;
    private final ReplyReader reader;
    private final ClientMemory memory;
    private final byte[] small;
    private ClientMemory.@Nullable Block block;
    private final int length;

    /// Whose long bytes it is counted in.
    private @Nullable ClientIo startedBy;

    private final long deadline;

    private PendingCall(
            Function<ReplyReader, T> decoder,
            ReplyReader reader,
            ClientMemory memory,
            byte[] small,
            @Consumes ClientMemory.@Nullable Block block,
            int length,
            long deadline) {
        this.decoder = decoder;
        this.reader = reader;
        this.memory = memory;
        this.small = small;
        this.block = block;
        this.length = length;
        this.deadline = deadline;
    }

    static <T extends @Nullable Object> PendingCall<T> small(
            Function<ReplyReader, T> decoder, ReplyReader reader, ClientMemory memory, byte[] request, long deadline) {
        return new PendingCall<>(decoder, reader, memory, request, null, request.length, deadline);
    }

    /// Consumes `block`.
    static <T extends @Nullable Object> PendingCall<T> large(
            Function<ReplyReader, T> decoder,
            ReplyReader reader,
            ClientMemory memory,
            @Consumes ClientMemory.Block block,
            int length,
            long deadline) {
        return new PendingCall<>(decoder, reader, memory, IN_BLOCK, block, length, deadline);
    }

    @Override
    boolean start(ClientIo io) {
        CallStart start = block == null ? io.callUntil(deadline, small, this) : startLong(io, block);
        if (start == CallStart.TOO_LARGE) {
            fail(new SituException.TooLarge(length));
        }
        return start == CallStart.STARTED || start == CallStart.TOO_LARGE;
    }

    private CallStart startLong(ClientIo io, ClientMemory.Block request) {
        if (!io.admitsLong(length)) {
            return CallStart.BUSY;
        }
        CallStart start = io.callUntil(deadline, request.memory(), length, this);
        if (start == CallStart.STARTED) {
            io.addLong(length);
            startedBy = io;
        }
        return start;
    }

    @Override
    boolean expired(long now) {
        return deadline - now <= 0;
    }

    @Override
    public void complete(long token, CallStatus status, SliceList response) {
        switch (status) {
            case OK -> read(response);
            case REFUSED -> fail(new SituException.Refused());
            case TIMED_OUT -> fail(new SituException.TimedOut());
            case OUTCOME_UNKNOWN -> fail(new SituException.OutcomeUnknown());
            case TOO_LARGE -> fail(new SituException.TooLarge(length));
            case CLOSED -> fail(new SituException.Closed());
            case UNSENT -> fail(new SituException.Overloaded("the network took no more; nothing was executed"));
            case NO_BUFFERS -> fail(new SituException.UnreadableReply("there was no room to receive the reply in"));
            case MALFORMED -> fail(new SituException.UnreadableReply("the reply's packets contradict each other"));
        }
    }

    private void read(SliceList response) {
        T value;
        try {
            reader.start(response);
            value = decoder.apply(reader);
            reader.end();
        } catch (SituException e) {
            fail(e);
            return;
        }
        giveBack();
        if (!future.complete(value) && value instanceof Value unwanted) {
            unwanted.close();
        }
    }

    @Override
    void fail(SituException why) {
        giveBack();
        future.completeExceptionally(why);
    }

    private void giveBack() {
        ClientMemory.Block mine = block;
        if (mine != null) {
            block = null;
            memory.giveBack(mine);
            if (startedBy != null) {
                startedBy.addLong(-length);
            }
        }
    }
}
