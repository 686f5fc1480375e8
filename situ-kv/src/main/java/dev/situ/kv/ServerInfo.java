package dev.situ.kv;

import com.google.errorprone.annotations.Immutable;
import java.util.Map;

/// What commands tell about the server around them (`INFO`, `HELLO`): filled in by the server, read here. Called by
/// every worker at any time, so it must be immutable, or safe for all threads and marked so; only for commands that
/// are rare. Parameters are in the [Settings] instead.
@Immutable
public interface ServerInfo {
    /// The version of Situ.
    String version();

    /// The TCP port, or 0.
    int tcpPort();

    /// Seconds since the server became ready.
    long uptimeSeconds();

    /// Connections that are open now.
    long connectedClients();

    /// The most connections that may be open.
    long maxClients();

    /// Connections ever accepted.
    long connectionsReceived();

    /// Connections ever turned away because there were too many; 0 where that is not counted.
    default long connectionsRejected() {
        return 0;
    }

    /// Bytes ever received over connections; 0 where that is not counted.
    default long bytesReceived() {
        return 0;
    }

    /// Bytes ever sent over connections; 0 where that is not counted.
    default long bytesSent() {
        return 0;
    }

    /// How much memory keys and values may take, in bytes.
    long maxMemoryBytes();

    /// The threads that run commands.
    int workers();

    /// Parameters that stay as they are for as long as the server runs, by their names in redis.conf: for a server that
    /// declares none itself ([Keyspace#settings()]).
    default Map<String, String> settings() {
        return Map.of();
    }

    /// The file that the server was configured with, or empty.
    default String configFile() {
        return "";
    }
}
