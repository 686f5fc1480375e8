package dev.situ.server;

import dev.situ.kv.Keyspace;
import dev.situ.r2p2.R2p2Server;
import dev.situ.r2p2.R2p2ServerOptions;
import dev.situ.store.Store;
import dev.situ.store.StoreWorker;
import dev.situ.udp.UdpStack;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/// R2P2 over a UDP stack: one queue, one store worker and one thread each.
final class R2p2Service implements AutoCloseable {
    /// Off loopback, compatible mode answers with one packet at most: a forged sender must not be worth much.
    private static final int OFF_LOOPBACK_RESPONSE_BYTES = 1464;

    private final UdpTransport transport;
    private final UdpStack stack;
    private final R2p2Server protocol;
    private final InetSocketAddress address;
    private final Store store;
    private final R2p2Commands commands;
    private final List<StoreWorker> storeWorkers = new ArrayList<>();
    private final List<UdpWorker> workers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    private R2p2Service(ServerOptions options, UdpTransport transport, Store store, Keyspace keyspace)
            throws IOException {
        this.transport = transport;
        this.store = store;
        stack = transport.stack();
        int queues = stack.queues();
        for (int i = 0; i < queues; i++) {
            storeWorkers.add(store.worker("r2p2-" + i));
        }
        commands = new R2p2Commands(keyspace, storeWorkers);
        R2p2ServerOptions protocolOptions = options.r2p2Compatible()
                ? R2p2ServerOptions.DEFAULTS.withOffLoopback(OFF_LOOPBACK_RESPONSE_BYTES)
                : R2p2ServerOptions.DEFAULTS;
        protocol = new R2p2Server(queues, protocolOptions, transport.limits(), commands, commands, System::nanoTime);
        try {
            address = stack.bind(transport.local(), protocol);
        } catch (IOException | RuntimeException e) {
            transport.close();
            throw e;
        }
        for (int i = 0; i < queues; i++) {
            int queue = i;
            UdpWorker worker = new UdpWorker(
                    stack.queue(i),
                    storeWorkers.get(i),
                    new R2p2Ticker(protocol, queue, stack.queue(i).sender()),
                    options.busyPoll());
            workers.add(worker);
            threads.add(Thread.ofPlatform().name("r2p2-" + i).start(() -> transport.run(worker)));
        }
    }

    /// Binds and starts to serve.
    ///
    /// @param transport consumed: closed with this, also if this throws
    static R2p2Service start(ServerOptions options, UdpTransport transport, Store store, Keyspace keyspace)
            throws IOException {
        return new R2p2Service(options, transport, store, keyspace);
    }

    /// Where it listens.
    InetSocketAddress address() {
        return address;
    }

    /// Packet buffers that are kept past their burst just now.
    long retainedBuffers() {
        return stack.statistics().retained();
    }

    /// Requests of which packets are missing just now.
    long unfinishedRequests() {
        return protocol.statistics().unfinished()
                + protocol.reliableStatistics().unfinished();
    }

    @Override
    public void close() {
        workers.forEach(UdpWorker::stop);
        threads.forEach(Threads::join);
        commands.close();
        protocol.close();
        storeWorkers.forEach(StoreWorker::close);
        try (StoreWorker last = store.worker("r2p2-close")) {
            last.trim(); // what workers retired that have gone
        }
        transport.close();
    }

    @Override
    public String toString() {
        return "R2P2 at " + Addresses.format(address);
    }
}
