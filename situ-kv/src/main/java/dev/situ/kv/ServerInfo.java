package dev.situ.kv;

import com.google.errorprone.annotations.Immutable;
import java.util.Map;

/// What commands tell about the server around them (`INFO`, `CONFIG GET`, `HELLO`): filled in by the server,
/// read here. Called by every worker at any time, so it must be immutable, or safe for all threads and marked so;
/// only for commands that are rare.
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

    /// How much memory keys and values may take, in bytes.
    long maxMemoryBytes();

    /// The threads that run commands.
    int workers();

    /// Settings by their names in redis.conf, for `CONFIG GET`. What Situ answers for settings that it does not
    /// have, such as `appendonly`, is known to this module; an entry here goes before it.
    Map<String, String> settings();
}
