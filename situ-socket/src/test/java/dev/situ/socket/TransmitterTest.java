package dev.situ.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Errors that the kernel gives rarely, given often: every batch must come to its end, and every datagram is
/// counted once, as sent or as dropped.
@Timeout(60)
class TransmitterTest {
    private static final int ENETUNREACH = 101;
    private static final int ECONNREFUSED = 111;
    private static final int ENOMEM = 12;

    private final Arena arena = Arena.ofConfined();
    private final SocketCounters counters = new SocketCounters();
    private final UdpSocket socket;

    TransmitterTest() throws Exception {
        socket = new UdpSocket();
    }

    @AfterEach
    void close() {
        socket.close();
        arena.close();
    }

    /// A kernel that takes and refuses what it is told.
    private class Kernel extends Transmitter {
        final List<Integer> answers = new ArrayList<>();
        private int error;
        private int calls;

        Kernel() {
            super(socket.fd(), counters, arena);
        }

        /// @param next how many messages to take, or minus an errno; afterwards all are taken
        Kernel answers(Integer... next) {
            answers.addAll(List.of(next));
            return this;
        }

        @Override
        int call(int slot, int count) {
            int answer = calls < answers.size() ? answers.get(calls) : count;
            calls++;
            if (answer > 0) {
                return Math.min(answer, count);
            }
            error = -answer;
            return -1;
        }

        @Override
        int error() {
            return error;
        }
    }

    private static Batch messages(int count) {
        Batch batch = new Batch(true);
        for (int i = 0; i < count; i++) {
            batch.begin();
            batch.add(1000 + i * 100L, 10);
            batch.commit(i);
        }
        return batch;
    }

    private void assertCounted(long sent, long dropped) {
        assertThat(counters.get(SocketCounters.SENT)).isEqualTo(sent);
        assertThat(counters.get(SocketCounters.SEND_DROPPED)).isEqualTo(dropped);
    }

    @Test
    void whatIsTakenInPartsIsSentInParts() {
        new Kernel().answers(1, 3, 10).send(messages(100));
        assertCounted(100, 0);
        assertThat(counters.get(SocketCounters.SEND_CALLS)).isEqualTo(5);
    }

    @Test
    void aPendingErrorOfTheSocketCostsNothing() {
        new Kernel().answers(2, -ECONNREFUSED, 3, -ENETUNREACH).send(messages(20));
        assertCounted(20, 0);
    }

    @Test
    void anErrorThatStaysCostsOneMessage() {
        new Kernel()
                .answers(2, -ENETUNREACH, -ENETUNREACH, 3, -Errno.ENOBUFS, -Errno.ENOBUFS, -ENOMEM, -ENOMEM)
                .send(messages(20));
        assertCounted(17, 3);
    }

    @Test
    void aFullSendBufferIsWaitedForOnlySoLong() {
        Integer[] full = new Integer[15];
        Arrays.fill(full, -Errno.EAGAIN);
        new Kernel().answers(full).send(messages(20));
        // 10 waits, then each try costs a message.
        assertCounted(15, 5);
        assertThat(counters.get(SocketCounters.SEND_WAITS)).isEqualTo(10);
    }

    @Test
    void aSignalCostsNothing() {
        new Kernel().answers(-Errno.EINTR, 5, -Errno.EINTR, -Errno.EINTR).send(messages(20));
        assertCounted(20, 0);
    }

    @Test
    void aDeviceThatCannotCutEndsCoalescing() {
        Batch batch = new Batch(true);
        for (int i = 0; i < 10; i++) {
            batch.begin();
            batch.add(1000 + i * 10L, 10);
            batch.commit(1);
        }
        assertThat(batch.size()).isEqualTo(1);
        new Kernel().answers(-Errno.EIO).send(batch);
        assertCounted(10, 0);
        assertThat(batch.coalesces()).isFalse();
        assertThat(counters.get(SocketCounters.SENT_BYTES)).isEqualTo(100);
    }

    @RepeatedTest(50)
    void whateverTheKernelAnswersEveryDatagramIsCountedOnce(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        int[] errors = {
            Errno.EINTR, Errno.EPERM, Errno.EINVAL, Errno.EMSGSIZE, Errno.EIO, Errno.ENOBUFS, ENETUNREACH, ECONNREFUSED
        };
        Kernel kernel = new Kernel();
        int answers = random.nextInt(300);
        for (int i = 0; i < answers; i++) {
            kernel.answers(random.nextInt(3) == 0 ? 1 + random.nextInt(20) : -errors[random.nextInt(errors.length)]);
        }
        Batch batch = new Batch(true);
        int count = random.nextInt(500);
        for (int i = 0; i < count; i++) {
            batch.begin();
            batch.add(1000 + i * 100L, 1 + random.nextInt(3));
            batch.commit(random.nextInt(100));
        }
        kernel.send(batch);
        assertThat(counters.get(SocketCounters.SENT) + counters.get(SocketCounters.SEND_DROPPED))
                .as("seed %d", repetition.getCurrentRepetition())
                .isEqualTo(count);
    }
}
