package dev.situ.client;

import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import dev.situ.r2p2.R2p2Server;
import dev.situ.r2p2.R2p2ServerOptions;
import dev.situ.r2p2.RequestHandler;
import dev.situ.r2p2.RequestStatus;
import dev.situ.socket.SocketStackOptions;
import dev.situ.socket.SocketUdpStack;
import dev.situ.udp.PeerAddress;
import dev.situ.udp.UdpQueue;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A real R2P2 server over real sockets, on a thread of its own, with a map of byte arrays behind it.
final class MapServer implements RequestHandler {
    private static final int SCRATCH = 8 << 20;

    private final SocketUdpStack stack;
    private R2p2Server server;
    private final InetSocketAddress address;
    private final Thread thread;
    private final Map<String, byte[]> map = new HashMap<>();
    private final MemorySegment scratch = Arena.ofAuto().allocate(SCRATCH);
    private final MemorySegment copy = Arena.ofAuto().allocate(SCRATCH);
    private final AtomicReference<@Nullable CountDownLatch> restarted = new AtomicReference<>();
    private volatile boolean stopped;

    MapServer() throws IOException {
        stack = new SocketUdpStack(SocketStackOptions.defaults());
        server = new R2p2Server(1, R2p2ServerOptions.DEFAULTS, this, System::nanoTime);
        address = stack.bind(
                PeerAddress.toSocketAddress(PeerAddress.of(0x7F000001, 0)),
                (burst, sender) -> server.onBurst(burst, sender));
        thread = Thread.ofPlatform().daemon().name("map-server").start(this::loop);
    }

    InetSocketAddress address() {
        return address;
    }

    R2p2Server server() {
        return server;
    }

    /// Forgets every session, as a server that is started again does. The map stays.
    void restart() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        restarted.set(done);
        stack.queue(0).wakeup();
        done.await();
    }

    private void loop() {
        UdpQueue queue = stack.queue(0);
        int idle = 0;
        while (!stopped) {
            idle = queue.poll() > 0 ? 0 : idle + 1;
            CountDownLatch asked = restarted.getAndSet(null);
            if (asked != null) {
                server.close();
                server = new R2p2Server(1, R2p2ServerOptions.DEFAULTS, this, System::nanoTime);
                asked.countDown();
            }
            long delay = server.tick(0, queue.sender());
            if (idle > 50) {
                queue.await(Math.min(delay, 1_000_000_000));
            }
        }
    }

    @Override
    public RequestStatus handle(int queue, SliceList request, SliceList response) {
        request.copyTo(copy, 0);
        byte[] bytes = new byte[(int) request.length()];
        Words.copyTo(copy, 0, bytes, 0, bytes.length);
        List<byte[]> arguments = parse(bytes);
        String name = text(arguments.getFirst());
        switch (name) {
            case "GET" -> reply(response, bulk(map.get(text(arguments.get(1)))));
            case "SET" -> {
                map.put(text(arguments.get(1)), arguments.get(2));
                reply(response, ascii("+OK\r\n"));
            }
            case "DEL" -> reply(response, ascii(":" + (map.remove(text(arguments.get(1))) == null ? 0 : 1) + "\r\n"));
            case "ECHO" -> reply(response, bulk(arguments.get(1)));
            case "SAY" -> reply(response, arguments.get(1));
            case "REFUSE" -> {
                return RequestStatus.REFUSE;
            }
            default -> reply(response, ascii("-ERR unknown command '" + name + "'\r\n"));
        }
        return RequestStatus.REPLY;
    }

    @Override
    public RequestStatus tooLarge(int queue, long length, long limit, SliceList response) {
        reply(response, ascii("-ERR reply of " + length + " bytes is over " + limit + "\r\n"));
        return RequestStatus.REPLY;
    }

    private void reply(SliceList response, byte[] bytes) {
        Words.copyFrom(bytes, 0, scratch, 0, bytes.length);
        response.add(scratch, 0, bytes.length, SliceList.NO_OWNER);
    }

    private static byte[] bulk(byte @org.jspecify.annotations.Nullable [] value) {
        if (value == null) {
            return ascii("$-1\r\n");
        }
        byte[] head = ascii("$" + value.length + "\r\n");
        byte[] all = new byte[head.length + value.length + 2];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(value, 0, all, head.length, value.length);
        all[all.length - 2] = '\r';
        all[all.length - 1] = '\n';
        return all;
    }

    private static List<byte[]> parse(byte[] bytes) {
        int[] at = {0};
        int count = number(bytes, at, '*');
        List<byte[]> arguments = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int length = number(bytes, at, '$');
            arguments.add(java.util.Arrays.copyOfRange(bytes, at[0], at[0] + length));
            at[0] += length + 2;
        }
        if (at[0] != bytes.length) {
            throw new IllegalStateException("not one command: " + text(bytes));
        }
        return arguments;
    }

    private static int number(byte[] bytes, int[] at, char type) {
        if (bytes[at[0]++] != type) {
            throw new IllegalStateException("no " + type + " in " + text(bytes));
        }
        int number = 0;
        while (bytes[at[0]] != '\r') {
            number = number * 10 + bytes[at[0]++] - '0';
        }
        at[0] += 2;
        return number;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    void close() throws InterruptedException {
        stopped = true;
        stack.queue(0).wakeup();
        thread.join();
        server.close();
        stack.close();
    }
}
