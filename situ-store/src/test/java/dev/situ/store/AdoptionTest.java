package dev.situ.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Values that stay in the buffers that they arrived in.
class AdoptionTest {
    private static final int BUFFER_BYTES = 64;

    private final AtomicLong clock = new AtomicLong(1_000_000);
    private final Store store =
            Store.open(StoreOptions.ofMemory(16 << 20).withClock(clock::get).withMaxWorkers(4));
    private final StoreWorker worker = store.worker("test");
    private final TestBuffers buffers = new TestBuffers(256, BUFFER_BYTES, 64);
    private final int source = store.register(buffers);
    private final Adoption adoption = new Adoption();

    @AfterEach
    void wholeAtTheEndAndNoBufferHeld() {
        StoreInvariants.check(store);
        worker.enter();
        worker.clear();
        worker.exit();
        worker.trim();
        StoreInvariants.check(store);
        assertThat(buffers.outstanding()).isZero();
        worker.close();
        store.close();
    }

    private static String frame(String value) {
        return "$" + value.length() + "\r\n" + value + "\r\n";
    }

    /// Puts bytes into buffers, a few in each, and says where they are.
    private void arrive(String bytes, int head, int aBuffer) {
        adoption.begin(source, head);
        for (int at = 0; at < bytes.length(); at += aBuffer) {
            MemorySegment part = Bytes.of(bytes.substring(at, Math.min(bytes.length(), at + aBuffer)));
            long buffer = buffers.take();
            long offset = buffers.offset(buffer) + BUFFER_BYTES - part.byteSize();
            Words.copy(part, 0, buffers.memory(), offset, part.byteSize());
            adoption.add(buffer, offset, (int) part.byteSize());
        }
    }

    private StoreStatus adopt(String key, String value, int aBuffer) {
        arrive(frame(value), frame(value).indexOf('\n') + 1, aBuffer);
        MemorySegment k = Bytes.of(key);
        worker.enter();
        try {
            return worker.put(worker.adopt(k, 0, Bytes.size(k), adoption));
        } finally {
            worker.exit();
        }
    }

    private long find(String key) {
        MemorySegment k = Bytes.of(key);
        return worker.find(k, 0, Bytes.size(k));
    }

    private String get(String key) {
        worker.enter();
        try {
            return Bytes.value(store, find(key));
        } finally {
            worker.exit();
        }
    }

    private boolean isAdopted(String key) {
        worker.enter();
        try {
            return Record.isAdopted(store.memory(), find(key));
        } finally {
            worker.exit();
        }
    }

    private static String text(SliceList slices) {
        MemorySegment all = Arena.ofAuto().allocate(Math.max(1, slices.length()));
        slices.copyTo(all, 0);
        byte[] bytes = new byte[(int) slices.length()];
        Words.copyTo(all, 0, bytes, 0, bytes.length);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private void delete(String key) {
        MemorySegment k = Bytes.of(key);
        worker.enter();
        worker.delete(k, 0, Bytes.size(k));
        worker.exit();
        worker.trim();
    }

    @Test
    void anAdoptedValueIsSentWithItsFrameFromWhereItArrived() {
        adopt("key", "0123456789", 4);
        worker.enter();
        long record = find("key");
        SliceList slices = new SliceList();
        store.values().appendFramed(record, slices);
        assertThat(text(slices)).isEqualTo("$10\r\n0123456789\r\n");
        for (int i = 0; i < slices.size(); i++) {
            assertThat(slices.memory(i)).isSameAs(buffers.memory());
            assertThat(slices.owner(i)).isEqualTo(record);
        }
        worker.exit();
    }

    @Test
    void everyPartOfAnAdoptedValueCanBeReadAndSent() {
        String value = "0123456789abcdef";
        for (int aBuffer = 1; aBuffer <= 24; aBuffer++) {
            adopt("key", value, aBuffer);
            worker.enter();
            long record = find("key");
            MemorySegment part = Arena.ofAuto().allocate(16);
            for (int from = 0; from <= 16; from++) {
                for (int length = 0; length <= 16 - from; length++) {
                    SliceList slices = new SliceList();
                    store.values().appendTo(record, from, length, slices);
                    assertThat(text(slices)).isEqualTo(value.substring(from, from + length));
                    store.values().copy(record, from, length, part, 0);
                    byte[] bytes = new byte[length];
                    Words.copyTo(part, 0, bytes, 0, length);
                    assertThat(new String(bytes, StandardCharsets.ISO_8859_1))
                            .isEqualTo(value.substring(from, from + length));
                }
            }
            worker.exit();
            worker.trim();
        }
    }

    @Test
    void aValueInItsRecordKeepsItsFrameToo() {
        MemorySegment key = Bytes.of("key");
        MemorySegment framed = Bytes.of(frame("value"));
        worker.enter();
        long claimed = worker.claimFramed(key, 0, 3, 5, 4);
        Words.copy(framed, 0, store.memory(), Record.frameOffset(store.memory(), claimed), 11);
        worker.put(claimed);
        long record = find("key");
        SliceList slices = new SliceList();
        store.values().appendFramed(record, slices);
        assertThat(slices.size()).isOne();
        assertThat(text(slices)).isEqualTo("$5\r\nvalue\r\n");
        assertThat(Bytes.value(store, record)).isEqualTo("value");
        slices.clear();
        store.values().appendTo(record, 1, 3, slices);
        assertThat(text(slices)).isEqualTo("alu");
        worker.exit();
    }

    @Test
    void aBareValueHasNoFrameToSend() {
        MemorySegment key = Bytes.of("key");
        worker.enter();
        worker.put(key, 0, 3, key, 0, 3);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store.values().appendFramed(find("key"), new SliceList()));
        worker.exit();
    }

    @Test
    void anAdoptedValueIsInNoSinglePlace() {
        adopt("key", "value", 4);
        worker.enter();
        assertThatIllegalStateException().isThrownBy(() -> Record.valueOffset(store.memory(), find("key")));
        worker.exit();
    }

    @Test
    void buffersGoBackWhenTheValueIsOverwrittenDeletedExpiredOrNotStored() {
        adopt("key", "value", 4);
        adopt("key", "another value", 4);
        worker.trim();
        assertThat(buffers.outstanding()).isEqualTo((frame("another value").length() + 3) / 4);
        delete("key");
        assertThat(buffers.outstanding()).isZero();

        arrive(frame("value"), 4, 8);
        MemorySegment key = Bytes.of("key");
        worker.abort(worker.adopt(key, 0, 3, adoption));
        assertThat(buffers.outstanding()).isZero();

        arrive(frame("value"), 4, 8);
        worker.enter();
        long record = worker.adopt(key, 0, 3, adoption);
        Record.setExpireAtMillis(store.memory(), record, clock.get() + 10);
        worker.put(record);
        worker.exit();
        clock.addAndGet(10);
        worker.enter();
        assertThat(worker.sweep(clock.get(), Long.MAX_VALUE)).isOne();
        worker.exit();
        worker.trim();
        assertThat(buffers.outstanding()).isZero();
    }

    @Test
    void aPinKeepsTheBuffersOfAValueThatIsGone() {
        adopt("key", "value", 4);
        worker.enter();
        long record = find("key");
        worker.pin(record);
        worker.exit();
        delete("key");
        assertThat(buffers.outstanding()).isEqualTo(3);
        SliceList slices = new SliceList();
        store.values().appendFramed(record, slices);
        assertThat(text(slices)).isEqualTo("$5\r\nvalue\r\n");
        worker.unpin(record);
        worker.trim();
        worker.enter();
        worker.exit();
        worker.trim();
        assertThat(buffers.outstanding()).isZero();
    }

    @Test
    void whenBuffersAreShortTheOldestValuesAreCopiedAndStayTheSameRecords() {
        for (int i = 0; i < 40; i++) {
            adopt("key " + i, "value " + i, 3); // 5 buffers each
        }
        worker.enter();
        int version = Record.version(store.memory(), find("key 0"));
        worker.exit();
        for (int i = 0; i < 100 && buffers.isShort(); i++) {
            worker.enter();
            worker.exit();
            worker.trim();
        }
        assertThat(buffers.isShort()).isFalse();
        assertThat(isAdopted("key 0")).isFalse();
        assertThat(isAdopted("key 39")).isTrue();
        for (int i = 0; i < 40; i++) {
            assertThat(get("key " + i)).isEqualTo("value " + i);
        }
        worker.enter();
        long record = find("key 0");
        assertThat(Record.version(store.memory(), record)).isEqualTo(version);
        SliceList slices = new SliceList();
        store.values().appendFramed(record, slices);
        assertThat(text(slices)).isEqualTo(frame("value 0"));
        worker.exit();
        assertThat(store.statistics().relocated()).isPositive();
    }

    @Test
    void whoHoldsAValueWhileItIsCopiedReadsOn() {
        adopt("key", "value", 4);
        worker.enter();
        long record = find("key");
        worker.pin(record);
        worker.exit();
        worker.releaseBuffers();
        assertThat(isAdopted("key")).isFalse();
        SliceList slices = new SliceList();
        store.values().appendFramed(record, slices);
        assertThat(text(slices)).isEqualTo("$5\r\nvalue\r\n");
        worker.unpin(record);
        worker.trim();
    }

    @Test
    void allBuffersAreGivenBackBeforeTheTransportGoes() {
        for (int i = 0; i < 40; i++) {
            adopt("key " + i, "value " + i, 3);
        }
        delete("key 7");
        worker.releaseBuffers();
        assertThat(buffers.outstanding()).isZero();
        assertThat(store.statistics().adoptedKeys()).isZero();
        assertThat(get("key 39")).isEqualTo("value 39");
    }

    @Test
    void anUnpublishedValueIsCopiedLaterWhenBuffersAreShort() {
        arrive(frame("claimed"), 4, 3);
        MemorySegment key = Bytes.of("claimed");
        worker.enter();
        long claimed = worker.adopt(key, 0, 7, adoption);
        worker.exit();
        for (int i = 0; i < 40; i++) {
            adopt("key " + i, "value " + i, 3);
        }
        worker.enter();
        worker.put(claimed);
        worker.exit();
        worker.releaseBuffers();
        assertThat(get("claimed")).isEqualTo("claimed");
        assertThat(buffers.outstanding()).isZero();
    }

    @Test
    void thePolicyAdoptsWhatFillsItsPacketsWhileBuffersAreThere() {
        TestBuffers full = new TestBuffers(1, 64, 2);
        AdoptionPolicy usual = AdoptionPolicy.DEFAULT;
        assertThat(usual.adopts(1400, 1, 2300, buffers)).isTrue();
        assertThat(usual.adopts(900, 1, 2300, buffers)).isFalse();
        assertThat(usual.adopts(1400, 1, 65536, buffers)).isFalse();
        assertThat(usual.adopts(100_000, 70, 2 * 65536, buffers)).isTrue();
        assertThat(usual.adopts(1400, 1, 2300, full)).isFalse();
        assertThat(AdoptionPolicy.ALWAYS.adopts(1, 1, 65536, buffers)).isTrue();
        assertThat(AdoptionPolicy.ALWAYS.adopts(1, 1, 65536, full)).isFalse();
        assertThat(AdoptionPolicy.NEVER.adopts(1 << 30, 1, 1, buffers)).isFalse();
    }

    @Test
    void randomValuesInRandomPiecesAreReadBackEqual() {
        long seed = Long.getLong("situ.adoption.seed", System.nanoTime());
        System.out.println("seed " + seed + " (-Dsitu.adoption.seed)");
        Random random = new Random(seed);
        String[] expected = new String[16];
        for (int i = 0; i < 20_000; i++) {
            int k = random.nextInt(16);
            String key = "key " + k;
            if (random.nextInt(3) == 0) {
                delete(key);
                expected[k] = null;
            } else if (buffers.outstanding() < 200) {
                String value = "x".repeat(random.nextInt(120)) + i;
                adopt(key, value, 4 + random.nextInt(BUFFER_BYTES - 3));
                expected[k] = value;
            }
            worker.enter();
            long record = find(key);
            worker.exit();
            assertThat(record == Record.NONE ? null : get(key)).isEqualTo(expected[k]);
        }
    }

    @Test
    void theQueueOfAdoptedRecordsGrowsWithThemAndNotWithTheWrites() {
        for (int i = 0; i < 20_000; i++) {
            adopt("key " + i % 20, "value", 64);
        }
        assertThat(worker.adopted().places()).isLessThanOrEqualTo(512);
        for (int i = 0; i < 20; i++) {
            assertThat(isAdopted("key " + i)).isTrue();
        }
        worker.releaseBuffers();
        assertThat(store.statistics().adoptedKeys()).isZero();
        assertThat(get("key 7")).isEqualTo("value");
    }
}
