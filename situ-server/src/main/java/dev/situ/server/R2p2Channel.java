package dev.situ.server;

import dev.situ.client.Reply;
import dev.situ.client.SituClient;
import dev.situ.client.SituException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/// Commands over R2P2.
final class R2p2Channel implements CommandChannel {
    private final InetSocketAddress server;
    private final SituClient client;

    R2p2Channel(InetSocketAddress server) throws IOException {
        this.server = server;
        client = SituClient.connect(server);
    }

    @Override
    public Reply call(List<byte[]> words) throws IOException {
        try {
            return client.command(words.toArray(byte[][]::new));
        } catch (SituException e) {
            throw new IOException("R2P2 at " + Addresses.format(server) + ": " + e.getMessage(), e);
        }
    }

    @Override
    public boolean isConnection() {
        return false;
    }

    @Override
    public void close() {
        client.close();
    }
}
