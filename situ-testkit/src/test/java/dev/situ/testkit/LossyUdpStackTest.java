package dev.situ.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.situ.memory.Words;
import dev.situ.socket.SocketStackOptions;
import dev.situ.socket.SocketUdpStack;
import dev.situ.udp.PeerAddress;
import dev.situ.udp.UdpBurst;
import dev.situ.udp.UdpHandler;
import dev.situ.udp.UdpSender;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The lines in front of a real stack over loopback, polled by the test's own thread.
@Timeout(60)
class LossyUdpStackTest {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final int COUNT = 2000;

    private final List<Integer> arrived = new ArrayList<>();
    private final UdpHandler record = (burst, _) -> {
        for (int i = 0; i < burst.size(); i++) {
            arrived.add(Words.getInt(burst.memory(i), burst.offset(i)));
        }
    };

    private static LossyUdpStack stack(Impairments impairments) throws Exception {
        return new LossyUdpStack(new SocketUdpStack(SocketStackOptions.defaults()), impairments);
    }

    /// Sends numbers through `client` to `server`, in groups, and polls until nothing is on the way any more.
    private static void sendAll(LossyUdpStack client, LossyUdpStack server, InetSocketAddress to) {
        UdpSender sender = client.queue(0).sender();
        for (int i = 0; i < COUNT; i++) {
            long at = sender.claim(PeerAddress.of(to), 4);
            Words.setInt(sender.memory(), at, i);
            sender.commit();
            if (i % 20 == 19) {
                sender.flush();
                server.queue(0).poll();
            }
        }
        while (client.lines().waiting() + server.lines().waiting() > 0) {
            client.queue(0).poll();
            server.queue(0).poll();
        }
    }

    private List<Integer> run(Impairments out, Impairments in) throws Exception {
        arrived.clear();
        try (LossyUdpStack client = stack(out);
                LossyUdpStack server = stack(in)) {
            client.bind(ANY_PORT, (_, _) -> {});
            sendAll(client, server, server.bind(ANY_PORT, record));
            LineStatistics sent = client.lines();
            assertThat(sent.sent()).isEqualTo(COUNT);
            assertThat(sent.delivered()).isEqualTo(COUNT - sent.lost() + sent.duplicated());
            assertThat(server.lines().sent()).isEqualTo(sent.delivered());
            assertThat(arrived).hasSize((int) server.lines().delivered());
        }
        return List.copyOf(arrived);
    }

    @Test
    void aGoodLineDeliversEverythingInOrder() throws Exception {
        assertThat(run(Impairments.none(), Impairments.none())).hasSize(COUNT).isSorted();
    }

    @Test
    void aBadLineLosesDoublesAndReorders() throws Exception {
        List<Integer> marks = run(Impairments.lossy(1, 0.1), Impairments.none());
        assertThat(new HashSet<>(marks)).hasSizeBetween(COUNT * 8 / 10, COUNT * 98 / 100);
        assertThat(marks).hasSizeGreaterThan(new HashSet<>(marks).size());
        assertThat(marks).isNotEqualTo(marks.stream().sorted().toList());
        assertThat(marks).allMatch(mark -> mark >= 0 && mark < COUNT);
    }

    @Test
    void theSameSeedHasTheSameFate() throws Exception {
        List<Integer> first = run(Impairments.lossy(7, 0.2), Impairments.lossy(8, 0.2));
        assertThat(run(Impairments.lossy(7, 0.2), Impairments.lossy(8, 0.2))).isEqualTo(first);
        assertThat(run(Impairments.lossy(9, 0.2), Impairments.lossy(8, 0.2))).isNotEqualTo(first);
    }

    @Test
    void aCorruptingLineTurnsBits() throws Exception {
        List<Integer> marks =
                run(Impairments.none(), Impairments.none().withSeed(3).withCorruption(0.5));
        assertThat(marks).hasSize(COUNT);
        int changed = 0;
        for (int i = 0; i < COUNT; i++) {
            int difference = marks.get(i) ^ i;
            assertThat(Integer.bitCount(difference)).isLessThanOrEqualTo(1);
            changed += Integer.bitCount(difference);
        }
        assertThat(changed).isBetween(COUNT * 4 / 10, COUNT * 6 / 10);
    }

    @Test
    void aLineThatLosesEverythingDeliversNothing() throws Exception {
        assertThat(run(new Impairments(0, 1, 0, 0, 0, 1), Impairments.none())).isEmpty();
    }

    @Test
    void repliesOfAHandlerGoOverTheLineToo() throws Exception {
        try (LossyUdpStack client = stack(Impairments.none());
                LossyUdpStack server = stack(Impairments.lossy(5, 0.2))) {
            client.bind(ANY_PORT, record);
            InetSocketAddress to = server.bind(ANY_PORT, (burst, sender) -> {
                for (int i = 0; i < burst.size(); i++) {
                    sender.claim(burst.peer(i), 0);
                    sender.append(burst.memory(i), burst.offset(i), burst.length(i));
                    sender.commit();
                }
            });
            sendAll(client, server, to);
            while (client.queue(0).poll() > 0) {
                Thread.onSpinWait();
            }
            assertThat(new HashSet<>(arrived)).hasSizeBetween(COUNT * 4 / 10, COUNT * 9 / 10);
        }
    }

    @Test
    void whatIsRetainedIsCounted() throws Exception {
        List<Long> handles = new ArrayList<>();
        List<UdpBurst> bursts = new ArrayList<>();
        LossyUdpStack server = stack(Impairments.none());
        try (LossyUdpStack client = stack(Impairments.none())) {
            client.bind(ANY_PORT, (_, _) -> {});
            sendAll(client, server, server.bind(ANY_PORT, (burst, _) -> {
                handles.add(burst.retain(0));
                bursts.add(burst);
            }));
        }
        assertThat(server.statistics().retained()).isEqualTo(handles.size());
        UdpBurst last = bursts.getLast();
        last.release(handles.getFirst());
        assertThatThrownBy(() -> last.release(handles.getFirst())).hasMessageContaining("after its last release");
        assertThatThrownBy(server::close).hasMessageContaining("datagrams were still retained");
    }

    @Test
    void chancesOutOfRangeAreRefused() {
        assertThatThrownBy(() -> Impairments.lossy(0, 1.1)).hasMessage("loss is a chance from 0 to 1, not 1.1");
        assertThatThrownBy(() -> new Impairments(0, 0, 0, 0, Double.NaN, 1)).hasMessageContaining("corruption");
        assertThatThrownBy(() -> new Impairments(0, 0, 0, 0, 0, 0)).hasMessageContaining("longestDelay");
    }
}
