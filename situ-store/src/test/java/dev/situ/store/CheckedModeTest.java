package dev.situ.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.situ.memory.Checks;
import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Misuse that checked mode is there to find, at the call that is wrong.
class CheckedModeTest {
    private final Store store =
            Store.open(StoreOptions.ofMemory(8 << 20).withMaxWorkers(4).withClock(() -> 1));
    private final MemorySegment memory = store.memory();
    private final StoreWorker worker = store.worker("mine");
    private final MemorySegment key = Bytes.of("key");

    @AfterEach
    void close() {
        store.close();
    }

    private long claim() {
        return worker.claim(key, 0, 3, 8);
    }

    private long put() {
        worker.put(claim());
        return worker.find(key, 0, 3);
    }

    @Test
    void itIsOnInTests() {
        assertThat(Checks.ON).isTrue();
    }

    @Test
    void everyOperationByAnotherThreadIsRefused() throws InterruptedException {
        worker.enter();
        put();
        worker.exit();
        Map<String, Runnable> operations = new LinkedHashMap<>();
        operations.put("enter", worker::enter);
        operations.put("exit", worker::exit);
        operations.put("trim", worker::trim);
        operations.put("find", () -> worker.find(key, 0, 3));
        operations.put("claim", this::claim);
        operations.put("delete", () -> worker.delete(key, 0, 3));
        operations.put("update", () -> worker.update(key, 0, 3, (w, old) -> RecordUpdate.KEEP));
        operations.put("sweep", () -> worker.sweep(1, 1));
        operations.put("scan", () -> worker.scan(0, 1, record -> {}));
        operations.put("random", worker::random);
        operations.put("clear", worker::clear);
        Map<String, String> messages = new ConcurrentHashMap<>();
        Thread thief = Thread.ofPlatform()
                .name("thief")
                .start(() -> operations.forEach((name, operation) -> {
                    try {
                        operation.run();
                    } catch (IllegalStateException e) {
                        messages.put(name, String.valueOf(e.getMessage()));
                    }
                }));
        thief.join();
        assertThat(messages).containsOnlyKeys(operations.keySet());
        assertThat(messages.values())
                .allSatisfy(message ->
                        assertThat(message).contains("mine belongs to").contains("thief"));
    }

    @Test
    void operationsOutsideTheEpochAndEpochsInsideOneAnotherAreRefused() {
        assertThatIllegalStateException()
                .isThrownBy(() -> worker.find(key, 0, 3))
                .withMessage("mine is outside its epoch");
        assertThatIllegalStateException().isThrownBy(worker::exit).withMessage("mine is outside its epoch");
        worker.enter();
        assertThatIllegalStateException().isThrownBy(worker::enter).withMessage("mine is inside its epoch already");
        assertThatIllegalStateException().isThrownBy(worker::trim).withMessage("mine is inside its epoch");
        worker.exit();
        worker.close();
        assertThatIllegalStateException().isThrownBy(worker::enter).withMessage("mine is closed");
    }

    @Test
    @SuppressWarnings("UseAfterGivingAway") // what must not be done is tried
    void aRecordThatIsPublishedOrAbortedTwiceIsRefused() {
        worker.enter();
        long record = put();
        assertThatIllegalStateException().isThrownBy(() -> worker.put(record)).withMessageContaining("not claimed");
        long claimed = claim();
        worker.abort(claimed);
        assertThatIllegalStateException()
                .isThrownBy(() -> worker.abort(claimed))
                .withMessageContaining("aborted twice");
        worker.exit();
    }

    @Test
    void aClaimWithTheHashOfAnotherKeyIsRefused() {
        LookupBurst burst = new LookupBurst();
        burst.add(key, 0, 3);
        worker.enter();
        assertThatIllegalStateException()
                .isThrownBy(() -> worker.claim(burst, 0, 5, 0))
                .withMessageContaining("was not looked up");
        worker.prefetch(burst, true);
        assertThatThrownBy(() -> worker.claim(burst, 1, 5, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        worker.select(1);
        assertThatIllegalStateException()
                .isThrownBy(() -> worker.claim(burst, 0, 5, 0))
                .withMessageContaining("in another database");
        worker.select(0);
        worker.abort(worker.claim(burst, 0, 5, 0));
        worker.exit();
    }

    @Test
    void aPublishedRecordCannotBeChanged() {
        worker.enter();
        long record = put();
        assertThatIllegalStateException()
                .isThrownBy(() -> Record.setExpireAtMillis(memory, record, 5))
                .withMessageContaining("not claimed");
        worker.exit();
    }

    @Test
    void aRecordThatIsRetiredTwiceIsFoundWhenItIsFreedTheSecondTime() {
        worker.enter();
        long record = put();
        worker.delete(key, 0, 3);
        worker.limbo().retireRecord(record);
        worker.exit();
        assertThatIllegalStateException().isThrownBy(worker::trim).withMessageContaining("freed but not retired");
    }

    @Test
    void aReferenceIntoFreedMemoryOrToNothingIsRefusedAndItsBytesArePoison() {
        worker.enter();
        long record = put();
        Words.setLong(memory, Record.valueOffset(memory, record), 5);
        worker.delete(key, 0, 3);
        worker.exit();
        worker.trim();
        assertThatIllegalStateException()
                .isThrownBy(() -> Record.valueOffset(memory, record))
                .withMessageContaining("use after free");
        assertThat(Words.getLong(memory, record + Record.SHORT_HEADER_BYTES)).isEqualTo(0xDBDB_DBDB_DBDB_DBDBL);
        assertThatThrownBy(() -> Record.keyLength(memory, Record.NONE)).hasMessageContaining("no record 0x0");
        assertThatThrownBy(() -> Record.keyLength(memory, record + 1)).hasMessageContaining("no record");
        worker.enter();
        assertThatIllegalStateException().isThrownBy(() -> worker.pin(record)).withMessageContaining("use after free");
        worker.exit();
    }

    @Test
    void onePinTooFewIsFound() {
        worker.enter();
        long record = put();
        worker.pin(record);
        worker.unpin(record);
        assertThatIllegalStateException()
                .isThrownBy(() -> worker.unpin(record))
                .withMessageContaining("unpinned more often than pinned");
        worker.exit();
    }

    @Test
    void anUpdateThatGivesAnotherKeyIsRefused() {
        MemorySegment other = Bytes.of("other");
        worker.enter();
        assertThatIllegalStateException()
                .isThrownBy(() -> worker.update(key, 0, 3, (w, old) -> w.claim(other, 0, 5, 8)))
                .withMessage("an update gave a record with another key");
        worker.exit();
    }

    @Test
    void memoryThatIsUsedAfterTheStoreWasClosedIsRefused() {
        worker.enter();
        long record = put();
        store.close();
        assertThatIllegalStateException().isThrownBy(() -> Record.valueLength(memory, record));
        assertThatIllegalStateException().isThrownBy(() -> worker.find(key, 0, 3));
    }
}
