package dev.situ.udp;

import com.google.errorprone.annotations.Immutable;

/// What is called with the datagrams that came to a bound port: the read callback of the thesis (section 4.5), a
/// burst at a time.
///
/// It is called by every queue's poller at once, so it must be re-entrant: what it keeps for each poller it finds
/// under [UdpBurst#queue()]. All datagrams of one flow (address and port at both ends) come through the same
/// queue.
///
/// The compiler holds it to that: an implementation has only final fields of immutable types, and a lambda captures
/// nothing else. State of each poller goes into a [PerQueue].
@Immutable
@FunctionalInterface
public interface UdpHandler {
    /// Handles a burst. Called by the queue's poller, run to completion: the burst is *borrowed* until the method
    /// returns, and what was committed to `sender` leaves after that, before the poller polls again.
    ///
    /// It must not throw: an exception is counted, logged once, and costs the rest of the burst.
    ///
    /// @param burst the datagrams, at least one
    /// @param sender where replies go, from the bound port
    void onBurst(UdpBurst burst, UdpSender sender);
}
