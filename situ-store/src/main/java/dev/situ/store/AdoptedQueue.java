package dev.situ.store;

import dev.situ.memory.BufferSource;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// The records that a worker adopted, oldest first, and the way back: when the buffers of their source are short,
/// values are copied into their records, so that receiving never starves. One a worker.
///
/// ```
///   head: oldest                                     tail: newest
///   | record | record | gone | record | ...
///      copied into a cell; the slot is swung; the buffers are free after the epoch
/// ```
///
/// Entries are only hints: a record that was overwritten, deleted or moved since is passed over. When the ring is
/// full such entries are dropped before it grows, and of several entries of one cell, which was used again and again,
/// all but the newest. So it holds about as many as there are adopted records.
final class AdoptedQueue {
    /// How many records one burst copies at most, and about how many bytes.
    private static final int RECORDS_A_BURST = 32;

    private static final long BYTES_A_BURST = 256 * 1024;
    private static final int INITIAL_RECORDS = 256;

    private final MemorySegment memory;
    private final Sources sources;
    private final Relocation relocation;
    private final Limbo limbo;
    private final Epochs epochs;

    private long[] ring = new long[INITIAL_RECORDS];
    private int head;
    private int size;
    // For dropping entries of one cell; kept, so that this allocates nothing.
    private long[] cells = {};
    private final BitSet met = new BitSet();
    // The sources of the records that were appended.
    private final List<BufferSource> used = new ArrayList<>();
    // The epoch in which some were copied last.
    private long relievedIn;

    AdoptedQueue(Store store, Limbo limbo, Relocation relocation) {
        this.memory = store.memory();
        this.sources = store.sources();
        this.relocation = relocation;
        this.limbo = limbo;
        this.epochs = store.epochs();
    }

    /// Whether values should be copied now: buffers are short, and those of the values copied last are free. Cheap.
    boolean isPressed() {
        if (size > 0 && !limbo.isWaitingFor(relievedIn)) {
            for (int i = 0; i < used.size(); i++) {
                if (used.get(i).isShort()) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Appends a record that was adopted.
    void add(long record) {
        BufferSource source = sources.of(record);
        if (!used.contains(source)) {
            used.add(source);
        }
        append(record);
    }

    private void append(long record) {
        if (size == ring.length) {
            compact();
        }
        ring[(head + size++) & (ring.length - 1)] = record;
    }

    private void compact() {
        dropGone();
        if (size > ring.length / 2) {
            dropOlderOfSameCell();
        }
        if (size > ring.length / 2) {
            long[] grown = new long[ring.length * 2];
            for (int i = 0; i < size; i++) {
                grown[i] = at(i);
            }
            ring = grown;
            head = 0;
        }
    }

    private void dropGone() {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            long record = at(i);
            if (Record.looksAdopted(memory, record) || Record.looksClaimed(memory, record)) {
                ring[(head + kept++) & (ring.length - 1)] = record;
            }
        }
        size = kept;
    }

    /// From the newest to the oldest, each cell the first time. Rare: at most once in half as many adoptions as the
    /// ring has places.
    private void dropOlderOfSameCell() {
        if (cells.length < ring.length) {
            cells = new long[ring.length];
        }
        for (int i = 0; i < size; i++) {
            cells[i] = at(i);
        }
        Arrays.sort(cells, 0, size);
        int different = 0;
        for (int i = 0; i < size; i++) {
            if (i == 0 || cells[i] != cells[i - 1]) {
                cells[different++] = cells[i];
            }
        }
        met.clear();
        int next = ring.length - 1; // counted from the head, as a ring
        for (int i = size - 1; i >= 0; i--) {
            long record = at(i);
            int cell = Arrays.binarySearch(cells, 0, different, record);
            if (!met.get(cell)) {
                met.set(cell);
                ring[(head + next--) & (ring.length - 1)] = record;
            }
        }
        head = (head + next + 1) & (ring.length - 1);
        size = ring.length - 1 - next;
    }

    private long at(int index) {
        return ring[(head + index) & (ring.length - 1)];
    }

    /// How many entries there is room for, for tests.
    int places() {
        return ring.length;
    }

    /// Copies some of the oldest values. Inside the epoch.
    void relieve() {
        long bytes = 0;
        for (int i = 0; i < RECORDS_A_BURST && bytes < BYTES_A_BURST && size > 0; i++) {
            long record = ring[head];
            boolean adopted = isAdopted(record);
            if (adopted && relocation.move() == Relocation.Outcome.FULL) {
                break;
            }
            dropOldest();
            if (adopted) {
                bytes += Record.valueLength(memory, record);
            } else if (Record.looksClaimed(memory, record)) {
                append(record); // not published yet
            }
        }
        // The buffers are wanted soon, so they do not wait for more to be retired.
        relievedIn = epochs.current();
        limbo.seal();
    }

    /// Copies every value, or removes it if there is no memory. Inside the epoch.
    void giveBack() {
        while (size > 0) {
            if (isAdopted(ring[head]) && relocation.move() == Relocation.Outcome.FULL) {
                relocation.remove();
            }
            dropOldest();
        }
    }

    /// Whether the cell holds an adopted record that is in the map.
    private boolean isAdopted(long record) {
        return Record.looksAdopted(memory, record) && relocation.locate(record) && Record.isAdopted(memory, record);
    }

    private void dropOldest() {
        head = (head + 1) & (ring.length - 1);
        size--;
    }
}
