package dev.situ.r2p2;

import dev.situ.memory.SliceList;

/// What is called when a call of an [R2p2Client] has ended: once for each call, by the thread that drives the
/// client.
@FunctionalInterface
public interface Completion {
    /// Takes the end of a call. It may start calls, and it must not throw.
    ///
    /// @param token what the caller gave with the call
    /// @param response the response's bytes, *borrowed* for the call: read or copy them at once. Empty unless
    ///     `status` is [CallStatus#OK]
    void complete(long token, CallStatus status, SliceList response);
}
