package dev.situ.client;

import dev.situ.udp.PeerAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/// How a [SituClient] reaches its server.
///
/// @param server the R2P2 address of the server, IPv4
/// @param timeout how long a call may take from the moment it is made: up to a day
/// @param maxOutstanding the most calls that are on their way at once: 1 to 65536; others wait in the client. More
///     than 64 small or a few large ones may overrun the buffers of the kernel, and what is lost times out
/// @param maxWaiting the most calls that wait in the client, at least 1; further ones fail with
///     [SituException.Overloaded]
/// @param spins how many times in a row the client's thread looks for packets in vain before it sleeps
public record SituClientOptions(
        InetSocketAddress server, Duration timeout, int maxOutstanding, int maxWaiting, int spins) {
    private static final int RIDS = 1 << 16;
    private static final Duration LONGEST_TIMEOUT = Duration.ofDays(1);

    /// Checks the values.
    ///
    /// @throws IllegalArgumentException if one is out of its range
    public SituClientOptions {
        PeerAddress.of(server); // throws if it is not a resolved IPv4 address
        if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
            throw new IllegalArgumentException("timeout out of range: " + timeout);
        }
        require(maxOutstanding >= 1 && maxOutstanding <= RIDS, "maxOutstanding", maxOutstanding);
        require(maxWaiting >= 1, "maxWaiting", maxWaiting);
        require(spins >= 0, "spins", spins);
    }

    /// 5 seconds for a call, 64 calls on their way, 65536 waiting, 50 vain looks.
    public static SituClientOptions of(InetSocketAddress server) {
        return new SituClientOptions(server, Duration.ofSeconds(5), 64, 1 << 16, 50);
    }

    /// The same with another time-out.
    public SituClientOptions withTimeout(Duration timeout) {
        return new SituClientOptions(server, timeout, maxOutstanding, maxWaiting, spins);
    }

    /// The same with other numbers of calls.
    public SituClientOptions withCalls(int maxOutstanding, int maxWaiting) {
        return new SituClientOptions(server, timeout, maxOutstanding, maxWaiting, spins);
    }

    /// The same with another number of vain looks; 0 sleeps at once.
    public SituClientOptions withSpins(int spins) {
        return new SituClientOptions(server, timeout, maxOutstanding, maxWaiting, spins);
    }

    private static void require(boolean holds, String name, int value) {
        if (!holds) {
            throw new IllegalArgumentException(name + " out of range: " + value);
        }
    }
}
