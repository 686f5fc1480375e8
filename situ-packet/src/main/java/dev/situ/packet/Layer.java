package dev.situ.packet;

import org.jspecify.annotations.Nullable;

/// How a header comes out of the header around it: `Ethernet::ipv4`.
///
/// @param <E> the view of the envelope
/// @param <H> the view of the header
@FunctionalInterface
public interface Layer<E, H> {
    /// The header's view, or null if the envelope holds no such header.
    @Nullable
    H open(E envelope);
}
