package dev.situ.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/// Random datagrams against a model: each peer must get, message by message, what was committed for it, in order.
class BatchTest {
    /// A datagram as the runs of made-up addresses that it consists of.
    private record Datagram(List<Long> bytes) {}

    @RepeatedTest(20)
    void everyPeerGetsItsDatagramsInOrderAndTheLimitsHold(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        Batch batch = new Batch(true);
        for (int round = 0; round < 20; round++) {
            Map<Long, List<Datagram>> committed = fill(batch, random);
            Map<Long, List<Datagram>> sent = cutApart(batch);
            assertThat(sent)
                    .as("seed %d round %d", repetition.getCurrentRepetition(), round)
                    .isEqualTo(committed);
            batch.clear();
            assertThat(batch.size()).isZero();
        }
    }

    private static Map<Long, List<Datagram>> fill(Batch batch, Random random) {
        Map<Long, List<Datagram>> committed = new HashMap<>();
        int peers = 1 + random.nextInt(5);
        int usual = 1 + random.nextInt(60);
        long address = 1;
        int count = random.nextInt(600);
        for (int i = 0; i < count && batch.hasRoom(); i++) {
            long peer = random.nextInt(peers);
            int length = random.nextInt(10) < 8 ? usual : random.nextInt(70);
            batch.begin();
            List<Long> bytes = new ArrayList<>();
            while (bytes.size() < length && batch.hasPieceRoom()) {
                int run = 1 + random.nextInt(length - bytes.size());
                if (random.nextInt(4) == 0) {
                    address += 1000;
                }
                batch.add(address, run);
                for (int b = 0; b < run; b++) {
                    bytes.add(address + b);
                }
                address += run;
            }
            assertThat(batch.datagramBytes()).isEqualTo(bytes.size());
            if (random.nextInt(10) == 0) {
                batch.abort();
            } else {
                batch.commit(peer);
                committed.computeIfAbsent(peer, _ -> new ArrayList<>()).add(new Datagram(bytes));
            }
        }
        return committed;
    }

    /// What the kernel does with the messages.
    private static Map<Long, List<Datagram>> cutApart(Batch batch) {
        Map<Long, List<Datagram>> sent = new HashMap<>();
        for (int message = 0; message < batch.size(); message++) {
            List<Long> bytes = new ArrayList<>();
            int pieces = 0;
            for (int p = batch.firstPiece(message); p != Batch.NONE; p = batch.nextPiece(p)) {
                pieces++;
                for (int b = 0; b < batch.pieceLength(p); b++) {
                    bytes.add(batch.pieceAddress(p) + b);
                }
            }
            assertThat(bytes).hasSize(batch.bytes(message)).hasSizeLessThanOrEqualTo(Batch.MAX_BYTES);
            assertThat(pieces).isLessThanOrEqualTo(IoVec.MAX_PIECES);
            assertThat(batch.segments(message)).isBetween(1, Batch.MAX_SEGMENTS);
            List<Datagram> datagrams = sent.computeIfAbsent(batch.peer(message), _ -> new ArrayList<>());
            int before = datagrams.size();
            int at = 0;
            do {
                int end = Math.min(bytes.size(), at + batch.segment(message));
                datagrams.add(new Datagram(List.copyOf(bytes.subList(at, end))));
                at = end;
            } while (at < bytes.size());
            assertThat(datagrams.size() - before).isEqualTo(batch.segments(message));
        }
        return sent;
    }

    @Test
    void aMessageEndsAtTheKernelsLimits() {
        assertThat(messagesOf(true, 128, 1)).isEqualTo(1);
        assertThat(messagesOf(true, 129, 1)).isEqualTo(2);
        assertThat(messagesOf(true, 44, 1472)).isEqualTo(1);
        assertThat(messagesOf(true, 45, 1472)).isEqualTo(2);
        assertThat(messagesOf(false, 10, 1)).isEqualTo(10);
    }

    private static int messagesOf(boolean coalesce, int count, int bytes) {
        Batch batch = new Batch(coalesce);
        for (int i = 0; i < count; i++) {
            batch.begin();
            batch.add(1_000_000L + (long) i * bytes, bytes);
            batch.commit(7);
        }
        return batch.size();
    }

    @Test
    void datagramsOfAsManyPiecesAsCanBeFillTheTableExactly() {
        Batch batch = new Batch(false);
        int datagrams = 0;
        while (batch.hasRoom()) {
            batch.begin();
            for (int i = 0; batch.hasPieceRoom(); i++) {
                batch.add(1000 + i * 10L, 1);
            }
            batch.add(5000, 1);
            batch.add(5001, 1);
            batch.commit(7);
            datagrams++;
        }
        assertThat(datagrams).isEqualTo(Batch.MAX_PIECES / Batch.MAX_DATAGRAM_PIECES);
    }

    @Test
    void piecesThatTouchBecomeOne() {
        Batch batch = new Batch(true);
        for (int i = 0; i < 100; i++) {
            batch.begin();
            batch.add(5000 + i * 10L, 4);
            batch.add(5004 + i * 10L, 6);
            batch.commit(7);
        }
        int first = batch.firstPiece(0);
        assertThat(batch.pieceLength(first)).isEqualTo(1000);
        assertThat(batch.nextPiece(first)).isEqualTo(Batch.NONE);
    }
}
