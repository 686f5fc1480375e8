package dev.situ.packet;

/// Decides about a packet: the end of a [Pipeline].
///
/// @param <H> the view of the innermost header that was parsed
@FunctionalInterface
public interface Decision<H> {
    /// What becomes of the packet. Who answers [Fate#KEEP] consumes it.
    Fate decide(H header);
}
