package dev.situ.packet;

import java.io.IOException;

/// Opens ports of one kind by name, so that a program need not know which kinds there are. Found by
/// [java.util.ServiceLoader]; see [Ports].
public interface PortProvider {
    /// What the names of this kind begin with, before the colon: `pcap`.
    String scheme();

    /// Opens a port that owns its pool: closing it closes both.
    ///
    /// @param name what follows the colon
    /// @throws IOException if it cannot be opened; the message says what to do
    Port open(String name) throws IOException;
}
