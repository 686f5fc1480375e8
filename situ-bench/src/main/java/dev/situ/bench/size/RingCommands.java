package dev.situ.bench.size;

import com.google.errorprone.annotations.Immutable;
import dev.situ.kv.CommandStream;
import dev.situ.kv.Executor;
import dev.situ.kv.Keyspace;
import dev.situ.kv.Reply;
import dev.situ.kv.ServerInfo;
import dev.situ.memory.SliceList;
import dev.situ.r2p2.RequestHandler;
import dev.situ.r2p2.RequestStatus;
import dev.situ.store.Store;
import dev.situ.store.StoreWorker;
import java.util.Map;

/// Executes the requests of the one queue there is as the server does those that are no bursts and get no brief replies
/// ([RequestHandler#brief]): what is measured is the usual way, of any value and command.
@Immutable
@SuppressWarnings("Immutable") // one queue, one poller
final class RingCommands implements RequestHandler, AutoCloseable {
    private final CommandStream stream;
    private final Reply reply = new Reply();

    RingCommands(Store store, StoreWorker worker) {
        Keyspace keyspace = new Keyspace(store, new Nowhere());
        stream = new CommandStream(new Executor(keyspace, worker), keyspace.newSession());
    }

    @Override
    public RequestStatus handle(int queue, SliceList request, SliceList response) {
        reply.clear();
        for (int i = 0; i < request.size(); i++) {
            stream.feed(request, i, reply);
        }
        response.addAll(reply.slices());
        return RequestStatus.REPLY;
    }

    @Override
    public RequestStatus tooLarge(int queue, long length, long limit, SliceList response) {
        return RequestStatus.REFUSE;
    }

    @Override
    public void close() {
        stream.close();
    }

    /// There is no server around the commands, and none of them asks.
    private record Nowhere() implements ServerInfo {
        @Override
        public String version() {
            return "bench";
        }

        @Override
        public int tcpPort() {
            return 0;
        }

        @Override
        public long uptimeSeconds() {
            return 0;
        }

        @Override
        public long connectedClients() {
            return 0;
        }

        @Override
        public long maxClients() {
            return 0;
        }

        @Override
        public long connectionsReceived() {
            return 0;
        }

        @Override
        public long maxMemoryBytes() {
            return 0;
        }

        @Override
        public int workers() {
            return 1;
        }

        @Override
        public Map<String, String> settings() {
            return Map.of();
        }
    }
}
