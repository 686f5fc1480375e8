package dev.situ.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.Words;
import dev.situ.udp.PeerAddress;
import dev.situ.udp.UdpSender;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A sender that is faster than its receiver.
@Timeout(60)
class OverloadTest {
    private static final int COUNT = 20_000;
    private static final int LENGTH = 200;

    @Test
    void theKernelDropsWhatTheReceiverCannotTakeAndNothingWedges() throws Exception {
        AtomicLong highest = new AtomicLong(-1);
        SocketStackOptions tight = SocketStackOptions.defaults().withSocketBytes(64 * 1024, 64 * 1024);
        try (SocketUdpStack server = new SocketUdpStack(tight);
                SocketUdpStack client = new SocketUdpStack(tight.withOffload(false, false))) {
            long to = PeerAddress.of(server.bind(PlainPeer.ANY_PORT, (burst, _) -> {
                for (int i = 0; i < burst.size(); i++) {
                    // In order, with gaps.
                    int mark = Words.getInt(burst.memory(i), burst.offset(i));
                    if (mark <= highest.getAndSet(mark)) {
                        throw new AssertionError("datagram " + mark + " came late or twice");
                    }
                }
            }));
            client.bind(PlainPeer.ANY_PORT, Handlers.IGNORE);
            UdpSender sender = client.queue(0).sender();
            for (int i = 0; i < COUNT; i++) {
                send(sender, to, i);
                if (i % 5000 == 4999) {
                    sender.flush();
                    server.queue(0).poll();
                }
            }
            while (server.queue(0).poll() > 0) {
                Thread.onSpinWait();
            }
            assertThat(client.statistics().sent()).isEqualTo(COUNT);
            assertThat(client.statistics().sendDropped()).isZero();
            assertThat(server.socketStatistics().kernelDropped()).isPositive();
            assertThat(server.statistics().received()
                            + server.socketStatistics().kernelDropped())
                    .isEqualTo(COUNT);
            assertThat(server.statistics().handlerFailures()).isZero();

            send(sender, to, COUNT);
            sender.flush();
            while (server.queue(0).poll() == 0) {
                Thread.onSpinWait();
            }
            assertThat(highest).hasValue(COUNT);
        }
    }

    private static void send(UdpSender sender, long to, int mark) {
        long at = sender.claim(to, LENGTH);
        Words.setInt(sender.memory(), at, mark);
        sender.commit();
    }
}
