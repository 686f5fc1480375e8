package dev.situ.bench.dpdk;

import dev.situ.bench.load.Link;
import dev.situ.bench.load.ReliableLink;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// R2P2 in reliable mode over the client's end of a memif. Confined to the thread that opened it, which is
/// registered.
///
/// To be closed when the server has ended: see [MemifEnd].
public final class DpdkLink implements Link {
    private final ClientEnd end;
    private final ReliableLink link;

    /// Connects to the server's end, which is there.
    ///
    /// @param port of the server
    /// @param slots the most requests under way
    public DpdkLink(String socket, int port, int slots) throws IOException {
        end = new ClientEnd(socket);
        link = end.reliable(port, slots);
    }

    @Override
    public boolean send(MemorySegment request, int length, int slot) {
        return link.send(request, length, slot);
    }

    @Override
    public void turn(Answers answers) {
        link.turn(answers);
    }

    @Override
    public void close() {
        link.close();
        end.close();
    }
}
