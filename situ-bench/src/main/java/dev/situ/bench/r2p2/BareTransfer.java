package dev.situ.bench.r2p2;

import com.google.errorprone.annotations.Immutable;
import dev.situ.memory.Words;
import dev.situ.udp.UdpBurst;
import dev.situ.udp.UdpHandler;
import dev.situ.udp.UdpSender;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The bound of a large reply over UDP: so many bytes in full datagrams, sent and received together (GSO, GRO),
/// with no protocol but a number that tells the datagrams of one transfer from those of the next. A transfer of which a
/// datagram is lost is not answered.
///
/// ```
///   request   number, bytes            reply   number, data | number, data | ...
/// ```
final class BareTransfer implements Exchange {
    private static final int HEADER = 4;
    private static final int REQUEST = HEADER + 4;

    private final int bytes;
    private int number;
    private int received;

    /// Asks for so many bytes.
    BareTransfer(int bytes) {
        this.bytes = bytes;
    }

    @Override
    public int requestLength() {
        return REQUEST;
    }

    @Override
    public void write(MemorySegment memory, long at) {
        received = 0;
        Words.setIntBe(memory, at, ++number);
        Words.setIntBe(memory, at + HEADER, bytes);
    }

    @Override
    public boolean isAnswered(UdpBurst burst) {
        for (int i = 0; i < burst.size(); i++) {
            if (burst.length(i) > HEADER && Words.getIntBe(burst.memory(i), burst.offset(i)) == number) {
                received += burst.length(i) - HEADER;
            }
        }
        return received == bytes;
    }

    /// Answers requests, with bytes that it never touches itself.
    @Immutable
    @SuppressWarnings("Immutable") // what it sends is never written
    static final class Source implements UdpHandler {
        private final MemorySegment data;

        /// Sends up to so many bytes at a request.
        Source(int most) {
            data = Arena.ofAuto().allocate(most);
        }

        @Override
        public void onBurst(UdpBurst burst, UdpSender sender) {
            for (int i = 0; i < burst.size(); i++) {
                if (burst.length(i) == REQUEST) {
                    MemorySegment request = burst.memory(i);
                    long at = burst.offset(i);
                    int bytes = (int) Math.min(data.byteSize(), Words.getIntBe(request, at + HEADER));
                    send(burst.peer(i), Words.getIntBe(request, at), bytes, sender);
                }
            }
        }

        private void send(long peer, int number, int bytes, UdpSender sender) {
            int most = sender.maxPayload() - HEADER;
            for (int from = 0; from < bytes; from += most) {
                long at = sender.claim(peer, HEADER);
                if (at == UdpSender.NO_ROOM) {
                    return;
                }
                Words.setIntBe(sender.memory(), at, number);
                sender.append(data, from, Math.min(most, bytes - from));
                sender.commit();
            }
        }
    }
}
