package dev.situ.r2p2;

import static dev.situ.r2p2.Range.require;

import dev.situ.udp.PeerAddress;

/// How an [R2p2Server] behaves in compatible mode.
///
/// @param offLoopback whether peers outside 127.0.0.0/8 are served. A UDP source address can be forged, so that a
///     server can be made to send to somebody who never asked: it must be asked for
/// @param offLoopbackResponseBytes the most bytes of a response to a peer outside 127.0.0.0/8: 0 to
///     [R2p2Header#MAX_RESPONSE_BYTES]
/// @param router a [PeerAddress] that is told of every request that has ended, or [#NO_ROUTER]
/// @param maxUnfinished the most requests of several packets that a queue keeps unfinished; 0 refuses all of them
/// @param maxUnfinishedBytes the most bytes that those may have together, by what their first packets announce
/// @param maxRequestBytes the most bytes that the first packet of a request may announce
/// @param unfinishedTimeoutNanos how long after its first packet an unfinished request is given up
public record R2p2ServerOptions(
        boolean offLoopback,
        int offLoopbackResponseBytes,
        long router,
        int maxUnfinished,
        long maxUnfinishedBytes,
        long maxRequestBytes,
        long unfinishedTimeoutNanos) {
    /// No router is told.
    public static final long NO_ROUTER = 0;

    /// Loopback only; 1024 requests of together 64 MiB unfinished at once in each queue, each of 4 MiB and one
    /// second at most; responses of 4 KiB off loopback, if that is turned on; no router.
    public static final R2p2ServerOptions DEFAULTS =
            new R2p2ServerOptions(false, 4096, NO_ROUTER, 1024, 64L << 20, 4L << 20, 1_000_000_000L);

    private static final int MAX_UNFINISHED = 1 << 20;
    private static final long MAX_TIMEOUT_NANOS = 3_600_000_000_000L;

    /// Checks the values.
    ///
    /// @throws IllegalArgumentException if one is out of its range
    public R2p2ServerOptions {
        require(
                offLoopbackResponseBytes >= 0 && offLoopbackResponseBytes <= R2p2Header.MAX_RESPONSE_BYTES,
                "offLoopbackResponseBytes",
                offLoopbackResponseBytes);
        require(router == NO_ROUTER || PeerAddress.port(router) != 0, "router", router);
        require(maxUnfinished >= 0 && maxUnfinished <= MAX_UNFINISHED, "maxUnfinished", maxUnfinished);
        require(maxUnfinishedBytes >= 0, "maxUnfinishedBytes", maxUnfinishedBytes);
        require(maxRequestBytes >= 0, "maxRequestBytes", maxRequestBytes);
        require(
                unfinishedTimeoutNanos > 0 && unfinishedTimeoutNanos <= MAX_TIMEOUT_NANOS,
                "unfinishedTimeoutNanos",
                unfinishedTimeoutNanos);
    }

    /// The same, but for peers outside 127.0.0.0/8 too, with responses of at most `responseBytes`.
    public R2p2ServerOptions withOffLoopback(int responseBytes) {
        return new R2p2ServerOptions(
                true,
                responseBytes,
                router,
                maxUnfinished,
                maxUnfinishedBytes,
                maxRequestBytes,
                unfinishedTimeoutNanos);
    }

    /// The same, telling `router`, a [PeerAddress], of every request that has ended.
    public R2p2ServerOptions withRouter(long router) {
        return new R2p2ServerOptions(
                offLoopback,
                offLoopbackResponseBytes,
                router,
                maxUnfinished,
                maxUnfinishedBytes,
                maxRequestBytes,
                unfinishedTimeoutNanos);
    }

    /// The same with other limits on what is unfinished.
    public R2p2ServerOptions withUnfinished(int max, long maxBytes, long maxRequest, long timeoutNanos) {
        return new R2p2ServerOptions(
                offLoopback, offLoopbackResponseBytes, router, max, maxBytes, maxRequest, timeoutNanos);
    }
}
