package dev.situ.bench.dpdk;

import com.google.errorprone.annotations.Immutable;
import dev.situ.udp.UdpBurst;
import dev.situ.udp.UdpHandler;
import dev.situ.udp.UdpQueue;
import dev.situ.udp.UdpSender;
import dev.situ.udp.UdpStack;
import java.io.IOException;
import java.net.InetSocketAddress;

/// Datagrams over a UDP stack, each of its own.
@Immutable
@SuppressWarnings("Immutable") // its stack has one queue, driven by the thread that sends
final class DatagramLine implements Line, UdpHandler {
    private final long server;
    private final UdpQueue queue;
    private Question question;
    private int firstNumber;
    private int number;
    private int answers;
    private long others;

    /// Binds a port of its own.
    ///
    /// @param server a [dev.situ.udp.PeerAddress]
    DatagramLine(UdpStack stack, InetSocketAddress local, long server, Question question) throws IOException {
        this.question = question;
        this.server = server;
        queue = stack.queue(0);
        stack.bind(local, this);
    }

    /// Asks this from now on. An answer to what was asked before that comes all the same is passed over.
    void ask(Question question) {
        this.question = question;
        firstNumber = number;
    }

    @Override
    public void send(int count) {
        UdpSender sender = queue.sender();
        for (int i = 0; i < count; i++) {
            long at = sender.claim(server, question.length(number));
            if (at != UdpSender.NO_ROOM) {
                question.write(sender.memory(), at, number);
                sender.commit();
            }
            number = number + 1 & Integer.MAX_VALUE;
        }
        sender.flush();
    }

    /// @throws IllegalStateException if the server sent something else than answers
    @Override
    public int poll() {
        answers = 0;
        queue.poll();
        if (others > 0) {
            throw new IllegalStateException(others + " datagrams of the server were no answers");
        }
        return answers;
    }

    @Override
    public void onBurst(UdpBurst burst, UdpSender sender) {
        for (int i = 0; i < burst.size(); i++) {
            if (question.isAnswer(burst.memory(i), burst.offset(i), burst.length(i))) {
                answers++;
            } else if (!Question.answersBefore(burst.memory(i), burst.offset(i), burst.length(i), firstNumber)) {
                others++;
            }
        }
    }
}
