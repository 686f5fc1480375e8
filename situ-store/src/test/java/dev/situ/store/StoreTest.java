package dev.situ.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.situ.memory.Region;
import dev.situ.memory.SlabAllocator;
import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StoreTest {
    private final AtomicLong clock = new AtomicLong(1_000_000);
    private final Store store =
            Store.open(StoreOptions.ofMemory(16 << 20).withClock(clock::get).withMaxWorkers(4));
    private final StoreWorker worker = store.worker("test");

    @AfterEach
    void wholeAtTheEnd() {
        StoreInvariants.check(store);
        worker.close();
        StoreInvariants.check(store);
        store.close();
    }

    private StoreStatus put(String key, String value) {
        worker.enter();
        try {
            MemorySegment k = Bytes.of(key);
            MemorySegment v = Bytes.of(value);
            return worker.put(k, 0, Bytes.size(k), v, 0, Bytes.size(v));
        } finally {
            worker.exit();
        }
    }

    private @Nullable String get(String key) {
        worker.enter();
        try {
            MemorySegment k = Bytes.of(key);
            long record = worker.find(k, 0, Bytes.size(k));
            return record == Record.NONE ? null : Bytes.value(store, record);
        } finally {
            worker.exit();
        }
    }

    private StoreStatus delete(String key) {
        worker.enter();
        try {
            MemorySegment k = Bytes.of(key);
            return worker.delete(k, 0, Bytes.size(k));
        } finally {
            worker.exit();
        }
    }

    private long claim(String key, String value) {
        MemorySegment k = Bytes.of(key);
        MemorySegment v = Bytes.of(value);
        long record = worker.claim(k, 0, Bytes.size(k), Bytes.size(v));
        Words.copy(v, 0, store.memory(), Record.valueOffset(store.memory(), record), v.byteSize());
        return record;
    }

    @Test
    void whatWasPutIsFoundUntilItIsReplacedOrDeleted() {
        assertThat(get("a")).isNull();
        assertThat(put("a", "1")).isEqualTo(StoreStatus.STORED);
        assertThat(get("a")).isEqualTo("1");
        assertThat(put("a", "a longer value than before")).isEqualTo(StoreStatus.STORED);
        assertThat(get("a")).isEqualTo("a longer value than before");
        assertThat(store.size()).isEqualTo(1);
        assertThat(delete("a")).isEqualTo(StoreStatus.DELETED);
        assertThat(delete("a")).isEqualTo(StoreStatus.ABSENT);
        assertThat(get("a")).isNull();
        assertThat(store.size()).isZero();
    }

    @Test
    void keysAndValuesMayBeEmptyAndHoldAnyByte() {
        put("", "");
        assertThat(get("")).isEmpty();
        put("\0", "\0\1\u00ff");
        assertThat(get("\0")).isEqualTo("\0\1\u00ff");
        assertThat(get("\0\0")).isNull();
        assertThat(store.size()).isEqualTo(2);
    }

    @Test
    void keysOfEveryLengthAreToldApart() {
        for (int length = 0; length < 200; length++) {
            for (int last = 0; last < 3 && last <= length; last++) {
                put(
                        "k".repeat(Math.max(0, length - 1)) + (length == 0 ? "" : (char) ('a' + last)),
                        length + "/" + last);
            }
        }
        for (int length = 1; length < 200; length++) {
            for (int last = 0; last < 3 && last <= length; last++) {
                String key = "k".repeat(length - 1) + (char) ('a' + last);
                assertThat(get(key)).as(key).isEqualTo(length + "/" + last);
            }
        }
    }

    @Test
    void tensOfThousandsOfKeysGrowTheIndexFromItsSmallest() {
        for (int i = 0; i < 50_000; i++) {
            assertThat(put("key:" + i, "value " + i)).isEqualTo(StoreStatus.STORED);
        }
        assertThat(store.size()).isEqualTo(50_000);
        for (int i = 0; i < 50_000; i++) {
            assertThat(get("key:" + i)).isEqualTo("value " + i);
        }
        StoreInvariants.check(store);
        for (int i = 0; i < 50_000; i += 2) {
            assertThat(delete("key:" + i)).isEqualTo(StoreStatus.DELETED);
        }
        assertThat(store.size()).isEqualTo(25_000);
        for (int i = 0; i < 50_000; i++) {
            assertThat(get("key:" + i)).isEqualTo(i % 2 == 0 ? null : "value " + i);
        }
    }

    @Test
    void aBurstOfLookupsFindsWhatSingleLookupsFind() {
        for (int i = 0; i < 1000; i++) {
            put("key:" + i, "value " + i);
        }
        LookupBurst burst = new LookupBurst();
        worker.enter();
        for (int i = 0; i < 2000; i += 3) {
            MemorySegment key = Bytes.of("key:" + i);
            assertThat(burst.add(key, 0, Bytes.size(key))).isEqualTo(i / 3);
        }
        worker.findAll(burst);
        for (int i = 0; i < 2000; i += 3) {
            long record = burst.record(i / 3);
            assertThat(record == Record.NONE ? null : Bytes.value(store, record))
                    .isEqualTo(i < 1000 ? "value " + i : null);
        }
        burst.clear();
        worker.findAll(burst);
        ValueHolder holder = worker.hold(Bytes.of("key:1"), 0, 5);
        assertThat(holder).isNotNull();
        holder.close();
        worker.find(Bytes.of("key:1"), 0, 5); // still inside
        worker.exit();
        assertThat(burst.size()).isZero();
    }

    @Test
    void aKeyOfAnotherBurstIsFoundByItsHash() {
        put("here", "1");
        MemorySegment here = Bytes.of("here");
        MemorySegment gone = Bytes.of("gone");
        LookupBurst first = new LookupBurst();
        LookupBurst second = new LookupBurst();
        worker.enter();
        first.add(here, 0, Bytes.size(here));
        first.add(gone, 0, Bytes.size(gone));
        worker.prefetch(first, false);
        assertThat(first.indexOf(0, 2, gone, 0, Bytes.size(gone))).isEqualTo(1);
        assertThat(first.indexOf(1, 2, here, 0, Bytes.size(here))).isEqualTo(-1);
        assertThat(first.indexOf(0, 2, Bytes.of("here"), 0, Bytes.size(here))).isEqualTo(-1); // it lies elsewhere
        second.add(first, 1);
        second.add(here, 0, Bytes.size(here));
        second.add(first, 0);
        worker.findAll(second);
        assertThat(second.record(0)).isEqualTo(Record.NONE);
        assertThat(second.record(2)).isNotEqualTo(Record.NONE).isEqualTo(second.record(1));
        second.clear();
        second.add(gone, 0, Bytes.size(gone)); // where one stood whose hash was known
        worker.findAll(second);
        assertThat(second.record(0)).isEqualTo(Record.NONE);
        worker.exit();
    }

    /// New keys, present ones, one that comes twice; values that weigh the same as what they replace, and
    /// others.
    @Test
    void aBurstOfWritesStoresWhatSingleWritesStore() {
        for (int i = 0; i < 500; i++) {
            put("key:" + i, "value " + i);
        }
        LookupBurst burst = new LookupBurst();
        worker.select(3);
        worker.enter();
        for (int i = 0; i < 1000; i++) {
            MemorySegment key = Bytes.of("key:" + i % 999);
            burst.add(key, 0, Bytes.size(key));
        }
        for (int database : new int[] {3, 0}) {
            worker.select(database);
            worker.prefetch(burst, true);
            for (int i = 0; i < burst.size(); i++) {
                String text = (i % 2 == 0 ? "Value " : "a longer value ") + i;
                MemorySegment value = Bytes.of(text);
                assertThat(worker.put(burst, i, value, 0, Bytes.size(value))).isEqualTo(StoreStatus.STORED);
            }
        }
        worker.exit();
        assertThat(store.size()).isEqualTo(2 * 999);
        for (int database : new int[] {3, 0}) {
            worker.select(database);
            for (int i = 1; i < 1000; i++) {
                assertThat(get("key:" + i % 999)).isEqualTo((i % 2 == 0 ? "Value " : "a longer value ") + i);
            }
        }
    }

    @Test
    void aClaimWithAWrongPlaceIsRefusedAndCostsNothing() {
        MemorySegment key = Bytes.of("key");
        worker.enter();
        assertThatIndexOutOfBounds(() -> worker.claim(key, 0, -1, 10));
        assertThatIndexOutOfBounds(() -> worker.claim(key, 1, (int) key.byteSize(), 10));
        assertThatIndexOutOfBounds(() -> worker.claim(key, -1, 0, 10));
        worker.exit();
        StoreInvariants.check(store);
        assertThat(store.statistics().claimedRecords()).isZero();
    }

    private static void assertThatIndexOutOfBounds(ThrowableAssert.ThrowingCallable call) {
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(call);
    }

    @Test
    void aLookupOfALongKeyTouchesNothingBehindTheRegion() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment region = arena.allocate(64, 8);
            assertThat(Record.touch(region, 32, 1000)).isZero();
        }
    }

    @Test
    void aFullStoreSaysSoAndStaysWhole() {
        String value = "x".repeat(1000);
        int stored = 0;
        while (put("key:" + stored, value) == StoreStatus.STORED) {
            stored++;
        }
        assertThat(stored).isBetween(13_000, 16_400);
        assertThat(store.statistics().allocatedBytes()).isLessThanOrEqualTo(16 << 20);
        assertThat(get("key:0")).isEqualTo(value);
        assertThat(put("key:" + stored, value)).isEqualTo(StoreStatus.FULL);
        assertThat(get("key:" + stored)).isNull();
        StoreInvariants.check(store);
        for (int i = 0; i < 200; i++) {
            delete("key:" + i);
        }
        assertThat(put("other", "y".repeat(100_000))).isIn(StoreStatus.STORED, StoreStatus.FULL);
        assertThat(put("key:0", value)).isEqualTo(StoreStatus.STORED);
    }

    @Test
    void memoryOfOneSizeServesAnotherAfterwards() {
        for (int size : new int[] {10, 100, 3000, 30_000, 500_000, 40}) {
            String value = "v".repeat(size);
            int stored = 0;
            while (put("key:" + stored, value) == StoreStatus.STORED) {
                stored++;
            }
            long used = stored * (size + 16L + 8);
            // Short values need a large index, which stays.
            assertThat(used).as("values of %d bytes", size).isGreaterThan(size <= 100 ? 7 << 20 : 9 << 20);
            for (int i = 0; i < stored; i++) {
                delete("key:" + i);
            }
            assertThat(store.size()).isZero();
        }
    }

    @Test
    void aValueOfHalfAGigabyteIsARunOfPagesThatCostsWhatIsWritten() {
        int length = 512 << 20;
        try (Store large = Store.open(StoreOptions.ofMemory(1200L << 20));
                StoreWorker w = large.worker("large")) {
            MemorySegment key = Bytes.of("k");
            for (int i = 0; i < 5; i++) {
                w.enter();
                long record = w.claim(key, 0, 1, length);
                assertThat(record).as("value %d", i).isNotEqualTo(Record.NONE);
                long last = Record.valueOffset(large.memory(), record) + length - 1;
                Words.setByte(large.memory(), last, (byte) i);
                assertThat(w.put(record)).isEqualTo(StoreStatus.STORED);
                assertThat(Record.valueLength(large.memory(), w.find(key, 0, 1)))
                        .isEqualTo(length);
                w.exit();
            }
            w.enter();
            assertThat(w.claim(key, 0, 1, Integer.MAX_VALUE)).isEqualTo(Record.NONE);
            assertThat(Record.valueLength(large.memory(), w.find(key, 0, 1))).isEqualTo(length);
            w.delete(key, 0, 1);
            w.exit();
            StoreInvariants.check(large);
            assertThat(large.statistics().allocatedBytes()).isLessThan(1 << 20);
        }
    }

    @Test
    void deletesWhileAWorkerIsStuckCostLittleMemoryAndNeverFail() {
        try (StoreWorker stuck = store.worker("stuck")) {
            for (int i = 0; i < 20_000; i++) {
                put("key:" + i, "v");
            }
            stuck.enter();
            long before = store.statistics().allocatedBytes();
            for (int i = 0; i < 20_000; i++) {
                assertThat(delete("key:" + i)).isEqualTo(StoreStatus.DELETED);
            }
            assertThat(store.statistics().allocatedBytes() - before).isLessThan(1 << 20);
            stuck.exit();
        }
        get("key:1");
        worker.trim();
        assertThat(store.statistics().limboRecords()).isZero();
        assertThat(store.statistics().limboBytes()).isZero();
    }

    @Test
    void withoutAddressSpaceWritesAndDeletesAreRefusedBeforeTheyUnlinkAnything() {
        try (StoreWorker stuck = store.worker("stuck")) {
            for (int i = 0; i < 40_000; i++) {
                put("key:" + i, "old");
            }
            for (int i = 0; i < 20_000; i++) {
                delete("key:" + i);
            }
            stuck.enter();
            List<Long> runs = takeAddressSpace();
            int replaced = 20_000;
            while (put("key:" + replaced, "new") == StoreStatus.STORED) {
                replaced++;
            }
            int deleted = 20_000;
            while (delete("key:" + deleted) == StoreStatus.DELETED) {
                deleted++;
            }
            assertThat(replaced).isBetween(20_001, 39_999);
            assertThat(deleted).isBetween(20_001, 39_999);
            assertThat(delete("key:" + deleted)).isEqualTo(StoreStatus.FULL);
            assertThat(get("key:" + deleted)).isEqualTo(deleted < replaced ? "new" : "old");
            assertThat(get("key:" + replaced)).isEqualTo(replaced < deleted ? null : "old");
            assertThat(store.size()).isEqualTo(40_000 - deleted);
            runs.forEach(store.allocator()::freeRun);
            stuck.exit();
        }
        assertThat(delete("key:39999")).isEqualTo(StoreStatus.DELETED);
    }

    /// Everything that is not in use, without touching it.
    private List<Long> takeAddressSpace() {
        List<Long> runs = new ArrayList<>();
        for (long bytes = 1 << 30; bytes >= Region.PAGE_BYTES; ) {
            long run = store.allocator().allocateRun(bytes, true);
            if (run == SlabAllocator.NONE) {
                bytes /= 2;
            } else {
                runs.add(run);
            }
        }
        return runs;
    }

    @Test
    void twoWorkersGiveAKeyVersionsThatAreHardlyEverTheSame() {
        Set<Integer> versions = new HashSet<>();
        try (StoreWorker other = store.worker("other")) {
            MemorySegment a = Bytes.of("a");
            for (int i = 0; i < 500; i++) {
                for (StoreWorker w : new StoreWorker[] {worker, other}) {
                    w.enter();
                    w.put(a, 0, 1, a, 0, 1);
                    versions.add(Record.version(store.memory(), w.find(a, 0, 1)));
                    w.delete(a, 0, 1);
                    w.exit();
                }
            }
        }
        // Of a thousand numbers of 24 bits at random two are the same once in 30 times, and five pairs never.
        assertThat(versions).hasSizeGreaterThan(995);
    }

    @Test
    void aClearedIndexStaysSmallAndABadValueRangeLeaksNothing() {
        MemorySegment a = Bytes.of("a");
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 5_000; i++) {
                put("key:" + i, "v");
            }
            worker.enter();
            worker.clear();
            assertThatThrownBy(() -> worker.put(a, 0, 1, a, 0, 2)).isInstanceOf(IndexOutOfBoundsException.class);
            // Whatever its length: before a record is claimed for it.
            for (int length : new int[] {1, 16}) {
                MemorySegment heap = MemorySegment.ofArray(new byte[length]);
                assertThatThrownBy(() -> worker.put(heap, 0, length, a, 0, 1))
                        .isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> worker.claim(heap, 0, length, 1)).isInstanceOf(IllegalArgumentException.class);
            }
            worker.exit();
            put("one", "1");
            assertThat(store.statistics().capacityKeys()).isLessThan(200);
            assertThat(store.statistics().claimedRecords()).isZero();
        }
    }

    @Test
    void anUpdateInsideAnUpdateIsRefused() {
        MemorySegment a = Bytes.of("a");
        worker.enter();
        assertThatIllegalStateException()
                .isThrownBy(() -> worker.update(
                        a,
                        0,
                        1,
                        (w, old) -> w.update(a, 0, 1, (v, o) -> RecordUpdate.KEEP) == StoreStatus.FULL
                                ? RecordUpdate.REMOVE
                                : RecordUpdate.KEEP))
                .withMessage("an update inside an update");
        worker.exit();
    }

    @Test
    void theFiguresOfEachClassAddUp() {
        for (int i = 0; i < 3_000; i++) {
            put("key:" + i, "v".repeat(i % 1000));
        }
        long cells = 0;
        long bytes = 0;
        for (SlabStatistics slabs : store.slabStatistics()) {
            assertThat(slabs.fragmentation()).isBetween(0.0, 1.0);
            cells += slabs.usedCells();
            bytes += slabs.allocatedBytes();
        }
        assertThat(cells).isGreaterThanOrEqualTo(3_000);
        assertThat(bytes).isLessThanOrEqualTo(store.statistics().allocatedBytes());
    }

    @Test
    void aClaimedRecordIsInvisibleUntilItIsPutAndGoneWhenAborted() {
        worker.enter();
        long first = claim("a", "1");
        long second = claim("a", "2");
        worker.exit();
        assertThat(get("a")).isNull();
        assertThat(store.statistics().claimedRecords()).isEqualTo(2);
        StoreInvariants.check(store);
        worker.enter();
        assertThat(worker.put(second)).isEqualTo(StoreStatus.STORED);
        worker.abort(first);
        worker.exit();
        assertThat(get("a")).isEqualTo("2");
    }

    @Test
    void conditionsOfPutsHold() {
        worker.enter();
        assertThat(worker.putIfPresent(claim("a", "0"))).isEqualTo(StoreStatus.NOT_STORED);
        assertThat(worker.putIfAbsent(claim("a", "1"))).isEqualTo(StoreStatus.STORED);
        assertThat(worker.putIfAbsent(claim("a", "2"))).isEqualTo(StoreStatus.NOT_STORED);
        assertThat(worker.putIfPresent(claim("a", "3"))).isEqualTo(StoreStatus.STORED);
        MemorySegment a = Bytes.of("a");
        int version = Record.version(store.memory(), worker.find(a, 0, 1));
        assertThat(worker.putIfVersion(claim("a", "4"), version + 1)).isEqualTo(StoreStatus.NOT_STORED);
        assertThat(worker.putIfVersion(claim("a", "5"), version)).isEqualTo(StoreStatus.STORED);
        assertThat(Record.version(store.memory(), worker.find(a, 0, 1))).isEqualTo(version + 1);
        worker.exit();
        assertThat(get("a")).isEqualTo("5");
    }

    @Test
    void anExpiredRecordIsNotFoundAndItsKeyCountsAsAbsent() {
        worker.enter();
        long record = claim("a", "1");
        Record.setExpireAtMillis(store.memory(), record, clock.get() + 100);
        worker.put(record);
        worker.exit();
        assertThat(get("a")).isEqualTo("1");
        clock.addAndGet(99);
        assertThat(get("a")).isEqualTo("1");
        clock.addAndGet(1);
        worker.enter();
        assertThat(worker.putIfPresent(claim("a", "2"))).isEqualTo(StoreStatus.NOT_STORED);
        worker.exit();
        assertThat(get("a")).isNull();
        assertThat(store.size()).isZero();
        assertThat(delete("a")).isEqualTo(StoreStatus.ABSENT);
    }

    @Test
    void anUpdateSeesTheOldRecordAndPublishesTheNewOne() {
        MemorySegment key = Bytes.of("n");
        RecordUpdate increment = (w, old) -> {
            int n = old == Record.NONE ? 0 : Integer.parseInt(Bytes.value(store, old));
            return n == 3 ? RecordUpdate.REMOVE : n == -1 ? RecordUpdate.KEEP : claim("n", Integer.toString(n + 1));
        };
        List<StoreStatus> statuses = new ArrayList<>();
        worker.enter();
        for (int i = 0; i < 4; i++) {
            statuses.add(worker.update(key, 0, 1, increment));
        }
        statuses.add(worker.update(key, 0, 1, (w, old) -> RecordUpdate.REMOVE));
        statuses.add(worker.update(key, 0, 1, (w, old) -> RecordUpdate.KEEP));
        statuses.add(worker.update(key, 0, 1, (w, old) -> Record.NONE));
        worker.exit();
        assertThat(statuses)
                .containsExactly(
                        StoreStatus.STORED,
                        StoreStatus.STORED,
                        StoreStatus.STORED,
                        StoreStatus.DELETED,
                        StoreStatus.ABSENT,
                        StoreStatus.NOT_STORED,
                        StoreStatus.FULL);
    }

    @Test
    void aPinnedValueOutlivesItsKeyAndItsEpochAndIsFreedAfterwards() {
        put("a", "pinned");
        MemorySegment a = Bytes.of("a");
        ValueHolder holder = worker.hold(a, 0, 1);
        assertThat(holder).isNotNull();
        put("a", "other");
        delete("a");
        for (int i = 0; i < 5_000; i++) {
            put("b", "churn " + i);
        }
        assertThat(holder.value().get(java.lang.foreign.ValueLayout.JAVA_BYTE, 0))
                .isEqualTo((byte) 'p');
        assertThat(store.statistics().pinnedRecords()).isEqualTo(1);
        holder.close();
        holder.close();
        assertThatIllegalStateException().isThrownBy(holder::value);
        for (int i = 0; i < 100; i++) {
            put("b", "churn " + i);
        }
        worker.trim();
        assertThat(store.statistics().limboRecords()).isZero();
        assertThat(store.statistics().limboBytes()).isZero();
        assertThat(worker.hold(a, 0, 1)).isNull();
    }

    @Test
    void aRecordStaysReadableInsideTheEpochWhateverOthersDo() {
        put("a", "old");
        try (StoreWorker other = store.worker("other")) {
            worker.enter();
            MemorySegment a = Bytes.of("a");
            long record = worker.find(a, 0, 1);
            Thread thread = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 3000; i++) {
                    other.enter();
                    MemorySegment v = Bytes.of("new " + i);
                    other.put(a, 0, 1, v, 0, Bytes.size(v));
                    other.exit();
                }
            });
            join(thread);
            assertThat(Bytes.value(store, record)).isEqualTo("old");
            assertThat(store.statistics().limboRecords()).isEqualTo(3000);
            assertThat(store.statistics().oldestEpoch()).isPositive();
            assertThat(store.workerStatistics()).anySatisfy(stuck -> {
                assertThat(stuck.name()).isEqualTo("test");
                assertThat(stuck.epochsBehind()).isEqualTo(store.statistics().oldestEpoch());
            });
            worker.exit();
        }
        worker.trim();
        assertThat(store.statistics().limboRecords()).isZero();
        assertThat(store.statistics().limboBytes()).isZero();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void clearRemovesEveryKeyAtOnceAndGivesTheMemoryBackInTheNextBursts() {
        for (int i = 0; i < 20_000; i++) {
            put("key:" + i, "value");
        }
        worker.enter();
        assertThat(worker.clear()).isEqualTo(StoreStatus.DELETED);
        worker.exit();
        assertThat(store.size()).isZero();
        assertThat(get("key:7")).isNull();
        put("key:7", "again");
        assertThat(get("key:7")).isEqualTo("again");
        StoreInvariants.check(store); // while some of the old table is still there
        assertThat(store.statistics().usedBytes()).isGreaterThan(1000);
        for (int burst = 0; burst < 256; burst++) {
            worker.enter();
            worker.exit();
        }
        assertThat(store.size()).isOne();
        worker.trim();
        assertThat(store.statistics().limboRecords()).isZero();
        assertThat(store.statistics().limboBytes()).isZero();
        assertThat(store.statistics().allocatedBytes()).isLessThan(1 << 20);
    }

    /// The records of a slab lie in all of the old table: until nearly all of it is taken apart, no page is free.
    @Test
    void whatAClearHasRemovedIsRoomForLargeValuesAtOnce() {
        for (int length : new int[] {1_000_000, 10_000}) {
            int keys = 0;
            while (put("key:" + keys, "x".repeat(100)) == StoreStatus.STORED) {
                keys++;
            }
            assertThat(keys).isGreaterThan(80_000);
            worker.enter();
            assertThat(worker.clear()).isEqualTo(StoreStatus.DELETED);
            worker.exit();
            String value = "x".repeat(length);
            for (int i = 0; i < 13_000_000 / length; i++) {
                assertThat(put("large:" + i, value)).as("value %d", i).isEqualTo(StoreStatus.STORED);
            }
            StoreInvariants.check(store);
            worker.enter();
            worker.clear();
            worker.exit();
        }
    }

    @Test
    void aWorkerUsedByAnotherThreadOrOutsideItsEpochIsCaught() throws InterruptedException {
        put("a", "1");
        MemorySegment a = Bytes.of("a");
        assertThatThrownBy(() -> worker.find(a, 0, 1)).hasMessage("test is outside its epoch");
        List<String> messages = new ArrayList<>();
        Thread thread = Thread.ofPlatform().name("thief").start(() -> {
            try {
                worker.enter();
            } catch (IllegalStateException e) {
                messages.add(String.valueOf(e.getMessage()));
            }
        });
        thread.join();
        assertThat(messages)
                .singleElement()
                .asString()
                .contains("test belongs to")
                .contains("thief");
    }

    @Test
    void aReferenceUsedAfterItsRecordWasFreedIsCaught() {
        put("a", "1");
        worker.enter();
        MemorySegment a = Bytes.of("a");
        long record = worker.find(a, 0, 1);
        worker.delete(a, 0, 1);
        worker.exit();
        worker.trim();
        assertThatThrownBy(() -> Record.valueLength(store.memory(), record)).hasMessageContaining("use after free");
    }

    @Test
    void tooManyWorkersAreRefused() {
        try (StoreWorker b = store.worker("b");
                StoreWorker c = store.worker("c");
                StoreWorker d = store.worker("d")) {
            assertThatIllegalStateException().isThrownBy(() -> store.worker("e"));
            assertThat(List.of(b.name(), c.name(), d.name())).containsExactly("b", "c", "d");
        }
        store.worker("again").close();
    }

    @Test
    void badOptionsAreOneClearLine() {
        assertThatThrownBy(() -> StoreOptions.ofMemory(1000))
                .isInstanceOf(StoreOpenException.class)
                .hasMessage("a store needs at least 1 MiB of memory, not 1000 bytes");
        assertThatThrownBy(() -> Store.open(StoreOptions.ofMemory(1 << 20).withExpectedKeys(1_000_000)))
                .isInstanceOf(StoreOpenException.class)
                .hasMessage("an index for 1000000 keys does not fit into 1048576 bytes of memory");
        assertThatThrownBy(() -> StoreOptions.ofMemory((1L << 41) + 1))
                .isInstanceOf(StoreOpenException.class)
                .hasMessage("a store can have at most 2 TiB of memory, not 2199023255553 bytes");
        assertThatThrownBy(() -> StoreOptions.ofMemory(1 << 20).withExpectedKeys(1L << 59))
                .isInstanceOf(StoreOpenException.class)
                .hasMessage("the number of keys expected cannot be 576460752303423488");
    }
}
