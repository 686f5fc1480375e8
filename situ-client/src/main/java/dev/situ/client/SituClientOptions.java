package dev.situ.client;

import dev.situ.udp.PeerAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/// How a [SituClient] reaches its server.
///
/// @param servers the R2P2 addresses, IPv4, of servers of which each is as good as the others, such as one behind
///     several addresses or a stand-by: the first that answers is used, and the next when it does not any more. In
///     compatible mode only the first is used
/// @param mode which mode is spoken
/// @param timeout how long a call may take from the moment it is made: up to a day
/// @param maxOutstanding the most calls that the client's thread has taken on at once: 1 to 65536; others wait. In
///     compatible mode more than 64 small or a few large ones may overrun the buffers of the kernel, and what is lost
///     times out
/// @param maxWaiting the most calls that wait in the client: 1 to 2^30
/// @param whenFull what becomes of further ones
/// @param spins how many times in a row the client's thread looks for packets in vain before it sleeps
public record SituClientOptions(
        List<InetSocketAddress> servers,
        Mode mode,
        Duration timeout,
        int maxOutstanding,
        int maxWaiting,
        WhenFull whenFull,
        int spins) {
    private static final int RIDS = 1 << 16;
    private static final int MOST_WAITING = 1 << 30;
    private static final int RELIABLE_OUTSTANDING = 1024;
    private static final int COMPATIBLE_OUTSTANDING = 64;
    private static final Duration LONGEST_TIMEOUT = Duration.ofDays(1);

    /// Checks the values.
    ///
    /// @throws IllegalArgumentException if one is out of its range
    public SituClientOptions {
        servers = List.copyOf(servers);
        if (servers.isEmpty()) {
            throw new IllegalArgumentException("no server is named");
        }
        servers.forEach(PeerAddress::of); // throws if one is not a resolved IPv4 address
        if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
            throw new IllegalArgumentException("timeout out of range: " + timeout);
        }
        require(maxOutstanding >= 1 && maxOutstanding <= RIDS, "maxOutstanding", maxOutstanding);
        require(maxWaiting >= 1 && maxWaiting <= MOST_WAITING, "maxWaiting", maxWaiting);
        require(spins >= 0, "spins", spins);
    }

    /// The reliable mode, 5 seconds for a call, 1024 calls taken on, 65536 waiting, further ones fail, 50 vain
    /// looks.
    public static SituClientOptions of(InetSocketAddress... servers) {
        return new SituClientOptions(
                List.of(servers),
                Mode.RELIABLE,
                Duration.ofSeconds(5),
                RELIABLE_OUTSTANDING,
                1 << 16,
                WhenFull.FAIL,
                50);
    }

    /// The same in compatible mode, with 64 calls taken on.
    public SituClientOptions compatible() {
        return new SituClientOptions(
                servers, Mode.COMPATIBLE, timeout, COMPATIBLE_OUTSTANDING, maxWaiting, whenFull, spins);
    }

    /// The same with another time-out.
    public SituClientOptions withTimeout(Duration timeout) {
        return new SituClientOptions(servers, mode, timeout, maxOutstanding, maxWaiting, whenFull, spins);
    }

    /// The same with other numbers of calls.
    public SituClientOptions withCalls(int maxOutstanding, int maxWaiting) {
        return new SituClientOptions(servers, mode, timeout, maxOutstanding, maxWaiting, whenFull, spins);
    }

    /// The same with another fate of calls that find no room.
    public SituClientOptions withWhenFull(WhenFull whenFull) {
        return new SituClientOptions(servers, mode, timeout, maxOutstanding, maxWaiting, whenFull, spins);
    }

    /// The same with another number of vain looks; 0 sleeps at once.
    public SituClientOptions withSpins(int spins) {
        return new SituClientOptions(servers, mode, timeout, maxOutstanding, maxWaiting, whenFull, spins);
    }

    private static void require(boolean holds, String name, int value) {
        if (!holds) {
            throw new IllegalArgumentException(name + " out of range: " + value);
        }
    }
}
