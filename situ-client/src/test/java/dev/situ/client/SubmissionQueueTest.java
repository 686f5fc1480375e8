package dev.situ.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SubmissionQueueTest {
    private static final int THREADS = 4;
    private static final int EACH = 20_000;

    private static final class Numbered extends Submission {
        final int thread;
        final int number;

        Numbered(int thread, int number) {
            this.thread = thread;
            this.number = number;
        }

        @Override
        boolean start(ClientIo io) {
            return true;
        }

        @Override
        boolean expired(long now) {
            return false;
        }

        @Override
        void fail(SituException why) {}
    }

    @Test
    void givesEverySubmissionOnceAndInTheOrderOfItsThread() throws InterruptedException {
        SubmissionQueue queue = new SubmissionQueue();
        assertThat(queue.takeAll()).isNull();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            int id = t;
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < EACH; i++) {
                    queue.push(new Numbered(id, i));
                }
            }));
        }
        int[] next = new int[THREADS];
        int taken = 0;
        while (taken < THREADS * EACH) {
            for (Submission s = queue.takeAll(); s != null; s = s.next) {
                Numbered numbered = (Numbered) s;
                assertThat(numbered.number).isEqualTo(next[numbered.thread]++);
                taken++;
            }
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(queue.isEmpty()).isTrue();
    }
}
