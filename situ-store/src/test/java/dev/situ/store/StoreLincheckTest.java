package dev.situ.store;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import dev.situ.memory.Words;
import java.lang.reflect.Method;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.junit.jupiter.api.Test;

/// Lincheck's model checker on the real store: it runs a few operations of two workers under many chosen interleavings
/// of their accesses to index, records, epochs and limbo, while the index grows and everything retired is freed as soon
/// as it may be, and checks each outcome for linearizability. See [LincheckStore].
///
/// The variants after it are wrong on purpose: the same set-up finds each of them.
///
/// `-Dsitu.lincheck.iterations=100` makes a long run; one iteration is one scenario.
class StoreLincheckTest {
    private static final int ITERATIONS = Integer.getInteger("situ.lincheck.iterations", 1);
    private static final int INVOCATIONS = Integer.getInteger("situ.lincheck.invocations", 100);

    private static final Scenario TWO_INSERTS =
            new Scenario(List.of(insert(1, 3, 11)), List.of(delete(2, 1), insert(2, 3, 12)));
    private static final Scenario READ_AGAINST_DELETE =
            new Scenario(List.of(get(1, 1)), List.of(delete(2, 1), insert(2, 1, 12)));
    private static final Scenario UPDATE_AGAINST_DELETE =
            new Scenario(List.of(add(1, 1, 11), get(1, 1)), List.of(delete(2, 1)));
    private static final Scenario TWO_DELETES = new Scenario(List.of(delete(1, 1)), List.of(delete(2, 1), get(2, 1)));
    private static final Scenario GROWTH =
            new Scenario(List.of(insert(1, 3, 11), add(1, 1, 12)), List.of(delete(2, 2), add(2, 1, 13), get(2, 3)));

    /// What two threads do.
    private record Scenario(List<Call> first, List<Call> second) {
        ExecutionScenario of(Class<? extends LincheckStore> store) {
            List<List<Actor>> threads = List.of(
                    first.stream().map(c -> c.of(store)).toList(),
                    second.stream().map(c -> c.of(store)).toList());
            return new ExecutionScenario(List.of(), threads, List.of(), null);
        }
    }

    private record Call(String operation, List<Integer> arguments) {
        Actor of(Class<? extends LincheckStore> store) {
            Method method = Stream.of(store.getMethods())
                    .filter(m -> m.getName().equals(operation))
                    .findFirst()
                    .orElseThrow();
            return new Actor(method, arguments);
        }
    }

    private static Call get(int thread, int key) {
        return new Call("get", List.of(thread, key));
    }

    private static Call insert(int thread, int key, int value) {
        return new Call("putIfAbsent", List.of(thread, key, value));
    }

    private static Call delete(int thread, int key) {
        return new Call("delete", List.of(thread, key));
    }

    private static Call add(int thread, int key, int value) {
        return new Call("add", List.of(thread, key, value));
    }

    private static ModelCheckingOptions options(int iterations, int invocations) {
        return new ModelCheckingOptions()
                .threads(2)
                .actorsPerThread(3)
                .actorsBefore(0)
                .actorsAfter(0)
                .iterations(iterations)
                .invocationsPerIteration(invocations)
                .sequentialSpecification(LincheckMap.class)
                .minimizeFailedScenario(false)
                .addGuarantee(forClasses(Words.class.getName()).allMethods().treatAsAtomic())
                // How memory is found and keys are hashed is proved elsewhere, and has no part in this.
                .addGuarantee(forClasses(
                                "dev.situ.memory.SlabCache",
                                "dev.situ.memory.SlabAllocator",
                                "dev.situ.memory.PageRuns",
                                "dev.situ.memory.Region",
                                "dev.situ.store.KeyBytes",
                                "dev.situ.store.LincheckRegion")
                        .allMethods()
                        .ignore());
    }

    @Test
    void everyInterleavingThatWasTriedIsLinearizable() {
        ModelCheckingOptions options = options(ITERATIONS, INVOCATIONS);
        for (Scenario scenario :
                List.of(TWO_INSERTS, READ_AGAINST_DELETE, UPDATE_AGAINST_DELETE, TWO_DELETES, GROWTH)) {
            options.addCustomScenario(scenario.of(LincheckStore.class));
        }
        options.check(LincheckStore.class);
    }

    private static AbstractThrowableAssert<?, ?> assertFinds(Class<? extends LincheckStore> store, Scenario scenario) {
        // The search is random; it ends when it has found what it is to find, nearly always within some hundred.
        ModelCheckingOptions options = options(0, 10_000).addCustomScenario(scenario.of(store));
        return assertThatThrownBy(() -> options.check(store)).isInstanceOf(LincheckAssertionError.class);
    }

    @Test
    void anInsertInOnePhaseIsFound() {
        assertFinds(OnePhase.class, TWO_INSERTS)
                .hasMessageContaining("Invalid execution results")
                .hasMessageNotContaining("Exception");
    }

    @Test
    void aRecordThatIsFreedAtOnceIsFound() {
        assertFinds(FreedAtOnce.class, READ_AGAINST_DELETE);
    }

    @Test
    void aDeleteThatDoesNotCompareIsFound() {
        assertFinds(DeletedWithoutComparing.class, TWO_DELETES).hasMessageContaining("Invalid execution results");
    }

    /// A variant's own way to search and to move buckets, with the worker's memory and limbo.
    public abstract static class Weaker extends LincheckStore {
        final Probe[] probes = {new Probe(memory), new Probe(memory)};

        /// Searches for a key until no bucket moves under the search.
        int search(StoreWorker worker, Probe probe, int key) {
            Growth growth =
                    new Growth(store.index(), store.allocator(), worker.cache(), worker.limbo(), Store.BUCKET_CLASS);
            long hash = store.index().hash(0, keys(), key * 8L, 8);
            int found = Probe.FROZEN;
            while (found == Probe.FROZEN) {
                found = probe.search(growth.writable(hash), hash, 0, keys(), key * 8L, 8);
            }
            return found;
        }
    }

    /// WEAKER: an insert takes its slot with a committed word at once.
    public static class OnePhase extends Weaker {
        @Override
        @Operation
        public boolean putIfAbsent(
                @Param(gen = ThreadIdGen.class) int thread,
                @Param(name = "key") int key,
                @Param(name = "value") int value) {
            StoreWorker worker = enter(thread);
            Probe probe = probes[thread - 1];
            long record = claim(worker, key, value);
            long hash = Record.claimedHash(memory, record);
            Record.makeLive(memory, record, 1);
            boolean stored = false;
            while (!stored && search(worker, probe, key) == Probe.ABSENT) {
                stored = Words.compareAndSetLong(
                        memory, probe.vacant, probe.vacantWord, SlotWord.of(hash, record, false));
            }
            exit(worker);
            return stored;
        }
    }

    /// WEAKER: a delete frees the record without waiting for the epoch.
    public static class FreedAtOnce extends Weaker {
        @Override
        @Operation
        public boolean delete(@Param(gen = ThreadIdGen.class) int thread, @Param(name = "key") int key) {
            StoreWorker worker = enter(thread);
            Probe probe = probes[thread - 1];
            boolean deleted = false;
            while (!deleted && search(worker, probe, key) == Probe.FOUND) {
                deleted = Words.compareAndSetLong(memory, probe.slot, probe.word, SlotWord.VACATED);
            }
            if (deleted) {
                long record = SlotWord.reference(probe.word);
                Record.setState(memory, record, Record.FREE);
                worker.cache().free(record);
            }
            exit(worker);
            return deleted;
        }
    }

    /// WEAKER: a delete writes to the slot whatever is there by then.
    public static class DeletedWithoutComparing extends Weaker {
        @Override
        @Operation
        public boolean delete(@Param(gen = ThreadIdGen.class) int thread, @Param(name = "key") int key) {
            StoreWorker worker = enter(thread);
            Probe probe = probes[thread - 1];
            boolean deleted = search(worker, probe, key) == Probe.FOUND;
            if (deleted) {
                Words.setLongVolatile(memory, probe.slot, SlotWord.VACATED);
            }
            exit(worker);
            return deleted;
        }
    }
}
