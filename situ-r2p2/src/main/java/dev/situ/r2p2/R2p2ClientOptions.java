package dev.situ.r2p2;

import static dev.situ.r2p2.Range.require;

/// How an [R2p2Client] behaves in compatible mode.
///
/// @param policy what a router is told of the requests: [R2p2Header#LOAD_BALANCED] or [R2p2Header#FIXED]
/// @param anyResponder whether an answer may come from another address than the request was sent to, as it does
///     through a router. If not, such packets are ignored
/// @param maxOutstanding the most calls outstanding at once: 1 to 65536
/// @param maxResponseBytes the most bytes of a response: packets beyond are ignored
/// @param restNanos how long the id of a call that timed out is not used again, so that a late response is not
///     taken for that of another call
/// @param firstRid the id of the first call: 0 to 65535. The following count up
public record R2p2ClientOptions(
        int policy, boolean anyResponder, int maxOutstanding, long maxResponseBytes, long restNanos, int firstRid) {
    /// Straight to a server; 1024 calls outstanding; responses of 64 MiB; ids rest for a second.
    public static final R2p2ClientOptions DEFAULTS =
            new R2p2ClientOptions(R2p2Header.FIXED, false, 1024, 64L << 20, 1_000_000_000L, 1);

    private static final int RIDS = 1 << 16;

    /// Checks the values.
    ///
    /// @throws IllegalArgumentException if one is out of its range
    public R2p2ClientOptions {
        require(policy == R2p2Header.LOAD_BALANCED || policy == R2p2Header.FIXED, "policy", policy);
        require(maxOutstanding >= 1 && maxOutstanding <= RIDS, "maxOutstanding", maxOutstanding);
        require(maxResponseBytes >= 0, "maxResponseBytes", maxResponseBytes);
        require(restNanos >= 0, "restNanos", restNanos);
        require(firstRid >= 0 && firstRid < RIDS, "firstRid", firstRid);
    }

    /// The same with another number of calls outstanding at once.
    public R2p2ClientOptions withMaxOutstanding(int calls) {
        return new R2p2ClientOptions(policy, anyResponder, calls, maxResponseBytes, restNanos, firstRid);
    }

    /// The same with another first id.
    public R2p2ClientOptions withFirstRid(int rid) {
        return new R2p2ClientOptions(policy, anyResponder, maxOutstanding, maxResponseBytes, restNanos, rid);
    }

    /// The same, but through a router: requests are [R2p2Header#LOAD_BALANCED], and any server may answer.
    public R2p2ClientOptions throughRouter() {
        return new R2p2ClientOptions(
                R2p2Header.LOAD_BALANCED, true, maxOutstanding, maxResponseBytes, restNanos, firstRid);
    }

    /// The same with another policy.
    public R2p2ClientOptions withPolicy(int policy) {
        return new R2p2ClientOptions(policy, anyResponder, maxOutstanding, maxResponseBytes, restNanos, firstRid);
    }
}
