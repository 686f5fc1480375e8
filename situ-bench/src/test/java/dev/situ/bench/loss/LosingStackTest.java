package dev.situ.bench.loss;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.Words;
import dev.situ.socket.SocketStackOptions;
import dev.situ.socket.SocketUdpStack;
import dev.situ.udp.PeerAddress;
import dev.situ.udp.UdpSender;
import dev.situ.udp.UdpStack;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LosingStackTest {
    private static final int DATAGRAMS = 5_000;

    @Test
    void asManyAreLostAsTheChanceSays() {
        long seed = new Random().nextLong();
        assertThat(lostOf(new Losses(seed, 0))).isZero();
        assertThat(lostOf(new Losses(seed, 1))).isEqualTo(100_000);
        assertThat(lostOf(new Losses(seed, 0.01))).as("seed %d", seed).isBetween(800, 1200);
        assertThat(lostOf(new Losses(7, 0.01))).isEqualTo(lostOf(new Losses(7, 0.01)));
    }

    private static int lostOf(Losses losses) {
        int lost = 0;
        for (int i = 0; i < 100_000; i++) {
            lost += losses.next() ? 1 : 0;
        }
        return lost;
    }

    /// Over real sockets: each way loses its own, and what comes through is whole and in order.
    @Test
    void aTenthIsLostEachWay() throws IOException {
        InetSocketAddress local = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        List<Integer> answered = new ArrayList<>();
        int[] arrived = {0};
        try (UdpStack server = new SocketUdpStack(SocketStackOptions.defaults());
                UdpStack client = new LosingStack(new SocketUdpStack(SocketStackOptions.defaults()), 11, 0.1)) {
            InetSocketAddress at = server.bind(local, (burst, sender) -> {
                for (int i = 0; i < burst.size(); i++) {
                    arrived[0]++;
                    send(sender, burst.peer(i), Words.getInt(burst.memory(i), burst.offset(i)));
                }
            });
            client.bind(local, (burst, _) -> {
                for (int i = 0; i < burst.size(); i++) {
                    assertThat(burst.length(i)).isEqualTo(Integer.BYTES);
                    answered.add(Words.getInt(burst.memory(i), burst.offset(i)));
                }
            });
            for (int number = 0; number < DATAGRAMS; number++) {
                send(client.queue(0).sender(), PeerAddress.of(at), number);
                client.queue(0).sender().flush();
                server.queue(0).poll();
                client.queue(0).poll();
            }
        }
        assertThat(arrived[0]).isBetween(DATAGRAMS * 87 / 100, DATAGRAMS * 93 / 100);
        assertThat(answered).hasSizeBetween(arrived[0] * 87 / 100, arrived[0] * 93 / 100);
        assertThat(answered).isSorted().doesNotHaveDuplicates();
    }

    private static void send(UdpSender sender, long peer, int number) {
        long at = sender.claim(peer, Integer.BYTES);
        Words.setInt(sender.memory(), at, number);
        sender.commit();
    }
}
