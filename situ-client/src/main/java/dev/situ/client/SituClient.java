package dev.situ.client;

import dev.situ.memory.LastingArena;
import dev.situ.socket.SocketStackOptions;
import dev.situ.socket.SocketUdpStack;
import dev.situ.udp.PeerAddress;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A client of a Situ server, over R2P2 and kernel UDP.
///
/// ```java
/// try (SituClient client = SituClient.connect(new InetSocketAddress("127.0.0.1", 8000))) {
///     client.set(key, value);
///     byte[] back = client.getBytes(key);
/// }
/// ```
///
/// **Threads.** Any number of threads may use one client. One thread of the client's own sends and receives; calls
/// that are made at the same time leave together. Futures are completed on that thread, so what depends on them
/// must not block: use the `Async` methods of [CompletableFuture] for more than a few instructions.
///
/// ```
///   caller ──▶ encode ──▶ queue ──┐
///   caller ──▶ encode ──▶ queue ──┼──▶ client's thread ──▶ packets ──▶ server
///   caller ◀── future ◀── decode ─┴─── client's thread ◀── packets ◀──┘
/// ```
///
/// **Failures.** Every call ends once: with its result, or with a [SituException], thrown or in the future. In
/// reliable mode, which is the usual one, lost packets are sent again and no command is executed twice; when the
/// server is started again, the calls under way end in [SituException.OutcomeUnknown], and the client goes on by
/// itself. The compatible mode sends nothing again, so a lost packet ends in [SituException.TimedOut].
///
/// **Order.** Calls that are made without waiting for one another may be executed in any order.
///
/// **Limits.** Values have up to 64 MiB; in compatible mode a reply has at most 371856 bytes.
public final class SituClient implements AutoCloseable {
    private static final byte[] GET = ascii("GET");
    private static final byte[] SET = ascii("SET");
    private static final byte[] DEL = ascii("DEL");

    private final SocketUdpStack stack;
    private final Protocol protocol;
    private final ClientMemory memory = new ClientMemory();
    private final LastingArena arena = new LastingArena();
    private final ReplyReader reader = new ReplyReader();
    private final IoLoop loop;
    private final Thread thread;
    private final long timeoutNanos;

    private SituClient(SituClientOptions options) throws IOException {
        timeoutNanos = options.timeout().toNanos();
        stack = new SocketUdpStack(SocketStackOptions.defaults().withRoomForLongMessages());
        protocol = switch (options.mode()) {
            case RELIABLE -> new ReliableProtocol(options, System::nanoTime);
            case COMPATIBLE -> new CompatibleProtocol(options, System::nanoTime);
        };
        try {
            stack.bind(localFor(options), protocol.handler());
        } catch (IOException | RuntimeException e) {
            stack.close();
            throw e;
        }
        ClientIo io = new ClientIo(protocol, stack.queue(0).sender(), timeoutNanos, System::nanoTime, arena);
        loop = new IoLoop(stack.queue(0), protocol, io, options, this::free);
        thread = Thread.ofPlatform().daemon().name("situ-client").unstarted(loop);
    }

    private static InetSocketAddress localFor(SituClientOptions options) throws IOException {
        boolean loopback =
                options.servers().stream().allMatch(server -> PeerAddress.ipv4(PeerAddress.of(server)) >>> 24 == 127);
        byte[] any = loopback ? new byte[] {127, 0, 0, 1} : new byte[4];
        return new InetSocketAddress(InetAddress.getByAddress(any), 0);
    }

    /// Opens a client of the server at `server`, with the usual options. Nothing is sent yet.
    ///
    /// @throws IOException if the system gives no socket
    public static SituClient connect(InetSocketAddress server) throws IOException {
        return connect(SituClientOptions.of(server));
    }

    /// Opens a client. Nothing is sent yet: whether a server is there shows with the first call.
    ///
    /// @throws IOException if the system gives no socket
    public static SituClient connect(SituClientOptions options) throws IOException {
        SituClient client = new SituClient(options);
        client.thread.start();
        return client;
    }

    // ---- get ------------------------------------------------------------------------------------------------------

    /// Reads a value into native memory.
    ///
    /// @return the value, to be closed, or null if there is none
    /// @throws SituException as documented there
    public @Nullable Value get(byte[] key) {
        return await(getAsync(key));
    }

    /// Reads a value into native memory. The future gives the value, to be closed, or null if there is none.
    public CompletableFuture<@Nullable Value> getAsync(byte[] key) {
        return this.<@Nullable Value>call(this::readValue, GET, key);
    }

    /// Reads a value into a Java array.
    ///
    /// @return the value, or null if there is none
    /// @throws SituException as documented there
    public byte @Nullable [] getBytes(byte[] key) {
        return await(getBytesAsync(key));
    }

    /// Reads a value into a Java array. The future gives the value, or null if there is none.
    public CompletableFuture<byte @Nullable []> getBytesAsync(byte[] key) {
        return this.<byte @Nullable []>call(SituClient::readBytes, GET, key);
    }

    // ---- set ------------------------------------------------------------------------------------------------------

    /// Writes a value, replacing what was there.
    ///
    /// @throws SituException as documented there
    public void set(byte[] key, byte[] value) {
        await(setAsync(key, value));
    }

    /// Writes a value, replacing what was there. The arguments are copied before the method returns.
    public CompletableFuture<@Nullable Void> setAsync(byte[] key, byte[] value) {
        return this.<@Nullable Void>call(SituClient::readOk, SET, key, value);
    }

    /// Writes the bytes of `value`, replacing what was there.
    ///
    /// @throws SituException as documented there
    public void set(byte[] key, MemorySegment value) {
        await(setAsync(key, value));
    }

    /// Writes the bytes of `value`, replacing what was there. They are copied before the method returns.
    public CompletableFuture<@Nullable Void> setAsync(byte[] key, MemorySegment value) {
        byte[][] arguments = {SET, key};
        long length = CommandEncoder.length(new byte[][] {SET, key, {}})
                - CommandEncoder.bulk(0)
                + CommandEncoder.bulk(value.byteSize());
        if (length <= protocol.maxBorrowed()) {
            byte[] bytes = value.toArray(ValueLayout.JAVA_BYTE);
            return this.<@Nullable Void>call(SituClient::readOk, SET, key, bytes);
        }
        return this.<@Nullable Void>submitLarge(
                SituClient::readOk, length, block -> CommandEncoder.encode(arguments, value, block));
    }

    // ---- delete ---------------------------------------------------------------------------------------------------

    /// Deletes a key and its value.
    ///
    /// @return whether it was there
    /// @throws SituException as documented there
    public boolean delete(byte[] key) {
        return await(deleteAsync(key));
    }

    /// Deletes a key and its value. The future says whether it was there.
    public CompletableFuture<Boolean> deleteAsync(byte[] key) {
        return call(r -> r.integer() > 0, DEL, key);
    }

    // ---- any command ----------------------------------------------------------------------------------------------

    /// Runs any command: its name, then its arguments.
    ///
    /// @return the reply, which may be a [Reply.Failure]
    /// @throws SituException as documented there, but for [SituException.ServerError]
    public Reply command(byte[]... arguments) {
        return await(commandAsync(arguments));
    }

    /// Runs any command: its name, then its arguments. The arguments are copied before the method returns.
    public CompletableFuture<Reply> commandAsync(byte[]... arguments) {
        return call(ReplyReader::reply, arguments);
    }

    /// Runs any command whose arguments are texts, sent as UTF-8.
    public Reply command(String... arguments) {
        byte[][] bytes = new byte[arguments.length][];
        for (int i = 0; i < arguments.length; i++) {
            bytes[i] = arguments[i].getBytes(StandardCharsets.UTF_8);
        }
        return command(bytes);
    }

    // ---- on the client's thread -----------------------------------------------------------------------------------

    /// Runs `task` on the client's thread, where calls can be made without an object for each. It must neither
    /// block nor throw. If the client is closed before, it does not run.
    public void onIoThread(Consumer<ClientIo> task) {
        loop.submit(new IoTask(task));
    }

    // ---- the rest -------------------------------------------------------------------------------------------------

    /// What was called, what has ended how, what was sent again, and how long a round trip takes.
    public ClientStatistics statistics() {
        return protocol.statistics();
    }

    /// Ends every call with [SituException.Closed] and frees everything, values that were not closed too. Waits for
    /// the client's thread, unless that calls it.
    @Override
    public void close() {
        loop.close();
        if (Thread.currentThread() == thread) {
            return;
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Runs on the client's thread when its loop has ended.
    private void free() {
        try {
            stack.close();
        } finally {
            arena.close();
            memory.close();
        }
    }

    private <T extends @Nullable Object> CompletableFuture<T> call(
            Function<ReplyReader, T> decoder, byte[]... arguments) {
        long length = CommandEncoder.length(arguments);
        if (length > protocol.maxBorrowed()) {
            return submitLarge(decoder, length, block -> CommandEncoder.encode(arguments, block));
        }
        return submit(PendingCall.small(decoder, reader, memory, CommandEncoder.encode(arguments), deadline()));
    }

    private <T extends @Nullable Object> CompletableFuture<T> submitLarge(
            Function<ReplyReader, T> decoder, long length, Consumer<MemorySegment> writer) {
        if (length > protocol.maxRequest()) {
            return CompletableFuture.failedFuture(new SituException.TooLarge(length));
        }
        ClientMemory.Block block;
        try {
            block = memory.take(length);
            writer.accept(block.memory());
        } catch (IllegalStateException _) { // the memory is freed while or before it is used
            return CompletableFuture.failedFuture(new SituException.Closed());
        }
        return submit(PendingCall.large(decoder, reader, memory, block, (int) length, deadline()));
    }

    private <T extends @Nullable Object> CompletableFuture<T> submit(PendingCall<T> call) {
        loop.submit(call);
        return call.future;
    }

    private long deadline() {
        return System.nanoTime() + timeoutNanos;
    }

    private <T extends @Nullable Object> T await(CompletableFuture<T> future) {
        if (Thread.currentThread() == thread && !future.isDone()) {
            throw new IllegalStateException("the client's own thread must not wait for a reply");
        }
        try {
            return future.get();
        } catch (InterruptedException _) {
            future.cancel(false);
            Thread.currentThread().interrupt();
            throw new SituException.Interrupted();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SituException failure) {
                failure.fillInStackTrace(); // where it was waited for tells more than where it was received
                throw failure;
            }
            throw new IllegalStateException("a call failed for no documented reason", e);
        }
    }

    private @Nullable Value readValue(ReplyReader reply) {
        int length = reply.bulkLength();
        if (length < 0) {
            return null;
        }
        ClientMemory.Block block = memory.take(Math.max(1, length));
        try {
            reply.takeBulk(length, block.memory());
        } catch (SituException e) {
            memory.giveBack(block);
            throw e;
        }
        return new Value(memory, block, length);
    }

    private static byte @Nullable [] readBytes(ReplyReader reply) {
        int length = reply.bulkLength();
        return length < 0 ? null : reply.takeBulk(length);
    }

    private static @Nullable Void readOk(ReplyReader reply) {
        reply.simple();
        return null;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
