package dev.situ.store;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.situ.memory.Words;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.J_Result;

/// A record is written with plain stores and published by its slot word: who finds it finds all of it.
///
/// Result: 0 not found, 5 the whole record, anything else a record half written.
public final class Publication {
    private Publication() {}

    @State
    public static class Shared {
        final long piece = Pieces.take();
        final Table table = new Table(piece, 0, false);
        final Index index = new Index(Pieces.MEMORY, Pieces.HASHER, table);
        final long key = Pieces.record(piece + 512, 1, 0);
        final long hash = Pieces.hash(key);
        final Probe probe = new Probe(Pieces.MEMORY);

        long find() {
            long found = index.find(hash, 0, Pieces.MEMORY, Record.keyOffset(Pieces.MEMORY, key), 8);
            return found == Record.NONE ? 0 : Pieces.value(found);
        }
    }

    @JCStressTest
    @Description("Who finds a record finds all of it")
    @Outcome(
            id = {"0", "5"},
            expect = ACCEPTABLE,
            desc = "absent, or whole")
    @Outcome(expect = FORBIDDEN, desc = "half written")
    public static class ByCommit {
        @Actor
        public void put(Shared s) {
            long record = Pieces.record(s.piece + 256, 1, 5);
            Pieces.search(s.probe, s.table, record);
            s.probe.insert(Pieces.word(record), record);
        }

        @Actor
        public void get(Shared s, J_Result r) {
            r.r1 = s.find();
        }
    }

    @JCStressTest
    @Description("WEAKER: the word is written before the value")
    @Outcome(
            id = {"0", "5"},
            expect = ACCEPTABLE,
            desc = "absent, or whole")
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "half written")
    public static class WeakerEarlyWord {
        @Actor
        public void put(Shared s) {
            long record = Pieces.record(s.piece + 256, 1, 3);
            Words.setLongRelease(Pieces.MEMORY, s.piece, Pieces.word(record));
            Words.setLong(Pieces.MEMORY, record + Record.SHORT_HEADER_BYTES + 8, 5);
        }

        @Actor
        public void get(Shared s, J_Result r) {
            r.r1 = s.find();
        }
    }
}
