package dev.situ.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.bench.frame.Schedule;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;

class LoadLoopTest {
    /// A server that answers when it is told to, and has room when it is told so.
    private static final class Hand implements Link {
        final Deque<Integer> waiting = new ArrayDeque<>();
        int toAnswer;
        int room = Integer.MAX_VALUE;

        @Override
        public boolean send(MemorySegment request, int length, int slot) {
            if (room == 0) {
                return false;
            }
            room--;
            waiting.addLast(slot);
            return true;
        }

        @Override
        public void turn(Answers answers) {
            for (; toAnswer > 0 && !waiting.isEmpty(); toAnswer--) {
                answers.answered(waiting.removeFirst(), Answer.VALUE);
            }
        }

        @Override
        public void close() {}
    }

    private final Hand server = new Hand();

    private LoadLoop loop(int slots, String mix) {
        return new LoadLoop(server, Workload.USUAL.withKeys(10).withMix(Mix.parse(mix)), slots, 0, 1);
    }

    /// A schedule of which so many requests are due already, and the next in an hour or so.
    private static Schedule due(int requests) {
        double perSecond = 1.0 / 3600;
        return new Schedule(System.nanoTime() - (long) ((requests - 0.5) * 3600e9), perSecond);
    }

    @Test
    void aServerThatStallsIsChargedWithEveryRequestThatItDelays() {
        try (LoadLoop loop = loop(2, "get:1")) {
            loop.begin(due(5), Long.MAX_VALUE);
            loop.step();
            assertThat(server.waiting).as("as many as there are slots").hasSize(2);

            server.toAnswer = 100;
            for (int i = 0; i < 10; i++) {
                loop.step();
            }
            assertThat(loop.tally().ended()).isEqualTo(5);
            // The oldest was due four and a half hours ago, the youngest half an hour.
            var latencies = loop.tally().takeLatencies();
            assertThat(latencies.getMinValue()).isGreaterThan((long) 1790e9);
            assertThat(latencies.getMaxValue()).isGreaterThan((long) (4.45 * 3600e9));
        }
    }

    @Test
    void aRequestThatFindsNoRoomIsSentLaterAndWasDueWhenItWas() {
        try (LoadLoop loop = loop(8, "get:1")) {
            server.room = 0;
            loop.begin(due(1), Long.MAX_VALUE);
            loop.step();
            assertThat(loop.tally().sent()).isZero();
            assertThat(loop.underWay()).isZero();

            server.room = 1;
            loop.step();
            assertThat(loop.tally().sent()).isEqualTo(1);
            server.toAnswer = 1;
            loop.step();
            assertThat(loop.tally().takeLatencies().getMinValue()).isGreaterThan((long) 1790e9);
        }
    }

    @Test
    void aClosedLoopKeepsItsSlotsFullAndEndsAtItsLimit() {
        try (LoadLoop loop = loop(4, "get:1")) {
            loop.begin(new Schedule(0, 0), 6);
            loop.step();
            assertThat(server.waiting).hasSize(4);
            server.toAnswer = 1;
            loop.step();
            loop.step();
            assertThat(server.waiting).hasSize(4);
            assertThat(loop.isDone()).isFalse();
            server.toAnswer = 100;
            for (int i = 0; i < 5; i++) {
                loop.step();
            }
            assertThat(loop.isDone()).isTrue();
            assertThat(loop.tally().ended()).isEqualTo(6);
        }
    }

    @Test
    void aReadModifyWriteIsOneOperationOfTwoRequests() {
        try (LoadLoop loop = loop(1, "rmw:1")) {
            loop.begin(new Schedule(0, 0), 1);
            server.toAnswer = 1;
            loop.step();
            assertThat(loop.tally().ended()).as("after the read").isZero();
            server.toAnswer = 1;
            loop.step();
            assertThat(loop.tally().ended()).as("after the write").isEqualTo(1);
            assertThat(loop.isDone()).isTrue();
        }
    }

    @Test
    void whatWasDueAndNotSentIsCounted() {
        try (LoadLoop loop = loop(1, "get:1")) {
            loop.begin(due(5), Long.MAX_VALUE);
            loop.step();
            assertThat(loop.end()).isBetween(3L, 4L);
            assertThat(loop.underWay()).isEqualTo(1);
        }
    }
}
