package dev.situ.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.situ.memory.SizeClasses;
import dev.situ.memory.SlabAllocator;
import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Breaks a store on purpose, in each way that [StoreInvariants] is there to find: a check that cannot fail proves
/// nothing.
class StoreInvariantsTest {
    private final Store store = Store.open(
            StoreOptions.ofMemory(8 << 20).withHashSeed(7).withMaxWorkers(4).withClock(() -> 1));
    private final MemorySegment memory = store.memory();
    private final StoreWorker worker = store.worker("breaker");

    @BeforeEach
    void threeKeysInAWholeStore() {
        worker.enter();
        for (String key : new String[] {"a", "b", "c"}) {
            worker.put(claim(key));
        }
        worker.exit();
        StoreInvariants.check(store);
    }

    @AfterEach
    void close() {
        store.close(); // whatever is in it: the workers are not closed, for that would run into what was broken
    }

    private long claim(String key) {
        MemorySegment k = Bytes.of(key);
        long record = worker.claim(k, 0, Bytes.size(k), 8);
        Words.setLong(memory, Record.valueOffset(memory, record), 5);
        return record;
    }

    /// Finds where the record of a key stands, with nothing in the way.
    private Probe find(String key) {
        MemorySegment k = Bytes.of(key);
        Probe probe = new Probe(memory);
        long hash = store.index().hash(0, k, 0, Bytes.size(k));
        assertThat(probe.search(store.index().current(), hash, 0, k, 0, Bytes.size(k)))
                .isEqualTo(Probe.FOUND);
        return probe;
    }

    private long record(String key) {
        return SlotWord.reference(find(key).word);
    }

    /// A slot without a record in the chain of a key.
    private long vacantSlot(String key) {
        Probe probe = find(key);
        for (int i = 0; i < Bucket.SLOTS; i++) {
            if (SlotWord.isVacant(Words.getLong(memory, Bucket.slot(probe.chain, i)))) {
                return Bucket.slot(probe.chain, i);
            }
        }
        throw new AssertionError("the bucket is full");
    }

    /// Changes the short length of a value, which its claimer wrote.
    private void setValueLength(long record, int length) {
        long first = Words.getLong(memory, record) & ~((long) Record.MOST_SHORT_VALUE_BYTES << 48);
        Words.setLong(memory, record, first | (long) length << 48);
    }

    private void assertFound(String message) {
        assertThatThrownBy(() -> StoreInvariants.check(store))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(message);
    }

    // ---- index ----------------------------------------------------------------------------------------------------

    @Test
    void aCellThatIsLost() {
        assertThat(worker.cache().allocateCell(SizeClasses.classOf(64), false)).isNotEqualTo(SlabAllocator.NONE);
        assertFound("cells in use");
    }

    @Test
    @SuppressWarnings("UseAfterGivingAway") // what must not be done is tried
    void aCellThatIsFreedTwice() {
        long first = worker.cache().allocateCell(SizeClasses.classOf(64), false);
        long second = worker.cache().allocateCell(SizeClasses.classOf(64), false);
        worker.cache().free(first);
        worker.cache().free(second);
        worker.cache().free(first);
        assertFound("cells in use");
    }

    @Test
    void aRecordThatNoSlotLeadsToAnyMore() {
        Words.setLong(memory, find("a").slot, SlotWord.VACATED);
        assertFound("3 live records, 2 reachable");
    }

    @Test
    void aWordInTwoSlots() {
        Words.setLong(memory, vacantSlot("a"), find("a").word);
        assertFound("is reachable twice");
    }

    @Test
    void aKeyWithTwoRecords() {
        long hash = Record.hash(store.index().hasher, memory, record("a"));
        worker.enter();
        long copy = claim("a");
        worker.exit();
        Record.makeLive(memory, copy, 1);
        Words.setLong(memory, vacantSlot("a"), SlotWord.of(hash, copy, false));
        assertFound("a key twice in bucket");
    }

    @Test
    void aWordWithTheWrongTag() {
        Probe probe = find("a");
        Words.setLong(memory, probe.slot, probe.word ^ (1L << 50));
        assertFound("has a wrong tag");
    }

    @Test
    void aRecordInTheWrongBucket() {
        Probe probe = find("a");
        Table table = store.index().current();
        long other = probe.chain == table.base ? table.bucketAt(1) : table.base;
        for (int i = 0; i < Bucket.SLOTS; i++) {
            Words.setLong(memory, Bucket.slot(other, i), SlotWord.VACATED);
        }
        Words.setLong(memory, probe.slot, SlotWord.VACATED);
        Words.setLong(memory, other, probe.word);
        assertFound("is in bucket");
    }

    @Test
    void aTentativeWordAtRest() {
        Probe probe = find("a");
        Words.setLong(memory, probe.slot, probe.word | SlotWord.TENTATIVE);
        assertFound("tentative at rest");
    }

    // ---- records --------------------------------------------------------------------------------------------------

    @Test
    void aFreedRecordInTheIndex() {
        long record = record("a");
        Record.setState(memory, record, Record.FREE);
        worker.cache().free(record);
        assertFound("is in state 0");
    }

    @Test
    void aPinThatIsNeverGivenUp() {
        worker.enter();
        worker.pin(record("a"));
        worker.exit();
        assertFound("has 1 pins");
    }

    @Test
    void aValueLongerThanItsCell() {
        setValueLength(record("a"), 1000);
        assertFound("bytes in a cell of");
    }

    @Test
    void aReferenceIntoTheMiddleOfACell() {
        Probe probe = find("a");
        long record = SlotWord.reference(probe.word);
        int size = (int) Record.bytes(memory, record);
        Words.copy(memory, record, memory, record + 8, size);
        Words.setLong(memory, probe.slot, probe.word + 8);
        assertFound("is not at the start of a cell");
    }

    // ---- counts ---------------------------------------------------------------------------------------------------

    @Test
    void aKeyThatWasNotCounted() {
        Probe probe = find("a");
        Words.setLong(memory, probe.slot, SlotWord.VACATED);
        long record = SlotWord.reference(probe.word);
        Record.setState(memory, record, Record.FREE);
        worker.cache().free(record);
        assertFound("counted 3 keys, reachable 2");
    }

    @Test
    void bytesThatWereNotCounted() {
        setValueLength(record("a"), 7);
        assertFound("used ");
    }

    @Test
    void aClaimThatWasNotGivenBack() {
        worker.enter();
        long record = claim("d");
        worker.exit();
        Record.setState(memory, record, Record.FREE);
        assertFound("claimed 1, found 0");
    }

    // ---- limbo ----------------------------------------------------------------------------------------------------

    @Test
    void aRecordThatIsRetiredTwice() {
        Probe probe = find("a");
        assertThat(worker.writes().remove(probe)).isTrue();
        worker.limbo().retireRecord(SlotWord.reference(probe.word));
        assertFound("is in limbo twice");
    }

    @Test
    void aRetiredRecordThatCameBackToLife() {
        Probe probe = find("a");
        assertThat(worker.writes().remove(probe)).isTrue();
        Record.setState(memory, SlotWord.reference(probe.word), Record.LIVE);
        assertFound("is in limbo but not retired");
    }

    @Test
    void aRetiredRecordThatIsInNoLimbo() {
        Probe probe = find("a");
        Words.setLong(memory, probe.slot, SlotWord.VACATED);
        Record.setState(memory, SlotWord.reference(probe.word), Record.RETIRED);
        assertFound("1 retired records, 0 in limbo");
    }

    @Test
    void aWorkerInsideItsEpoch() {
        worker.enter();
        assertFound("breaker is inside its epoch");
    }

    // ---- memory ---------------------------------------------------------------------------------------------------

    @Test
    void aRunThatNobodyKnows() {
        store.allocator().allocateRun(4096, false);
        assertFound("a lost run");
    }
}
