package dev.situ.bench.store;

import dev.situ.memory.Words;
import dev.situ.store.LookupBurst;
import dev.situ.store.Record;
import dev.situ.store.Store;
import dev.situ.store.StoreStatus;
import dev.situ.store.StoreWorker;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Situ's store: keys are looked up where they were received, values copied from and to where they are. A burst
/// is an epoch, as in the server.
@SuppressWarnings("AvoidCommonTypeNames") // the store calls it a record
final class SituLane implements Lane {
    private final Arena arena = Arena.ofShared();
    private final StoreWorker worker;
    private final MemorySegment memory;
    private final Wire wire;
    private final LookupBurst burst = new LookupBurst();

    SituLane(Store store, long keys, int number) {
        worker = store.worker("lane-" + number);
        memory = store.memory();
        wire = new Wire(arena, keys, number);
    }

    @Override
    public void fill(long from, long to) {
        for (long first = from; first < to; first += Wire.BURST) {
            worker.enter();
            for (long number = first; number < Math.min(to, first + Wire.BURST); number++) {
                long at = wire.receive(0, number);
                StoreStatus status = worker.put(wire.keys, at, Wire.KEY_BYTES, wire.value, 0, Wire.VALUE_BYTES);
                if (status != StoreStatus.STORED) {
                    throw new IllegalStateException("key " + number + " was not stored: " + status);
                }
            }
            worker.exit();
        }
    }

    @Override
    public int get() {
        int found = 0;
        worker.enter();
        for (int i = 0; i < Wire.BURST; i++) {
            long at = wire.receive(i);
            found += reply(worker.find(wire.keys, at, Wire.KEY_BYTES));
        }
        worker.exit();
        return found;
    }

    @Override
    public int getTogether() {
        int found = 0;
        worker.enter();
        receiveAll();
        worker.findAll(burst);
        for (int i = 0; i < Wire.BURST; i++) {
            found += reply(burst.record(i));
        }
        worker.exit();
        return found;
    }

    private void receiveAll() {
        burst.clear();
        for (int i = 0; i < Wire.BURST; i++) {
            burst.add(wire.keys, wire.receive(i), Wire.KEY_BYTES);
        }
    }

    /// A GET of the key `number`.
    boolean get(long number) {
        worker.enter();
        long at = wire.receive(0, number);
        int found = reply(worker.find(wire.keys, at, Wire.KEY_BYTES));
        worker.exit();
        return found == 1;
    }

    private int reply(long record) {
        if (record == Record.NONE) {
            return 0;
        }
        Words.copy(memory, Record.valueOffset(memory, record), wire.reply, 0, Record.valueLength(memory, record));
        return 1;
    }

    @Override
    public int put() {
        int stored = 0;
        worker.enter();
        for (int i = 0; i < Wire.BURST; i++) {
            stored += put(wire.receive(i));
        }
        worker.exit();
        return stored;
    }

    @Override
    public int putTogether() {
        int stored = 0;
        worker.enter();
        receiveAll();
        worker.prefetch(burst, true);
        for (int i = 0; i < Wire.BURST; i++) {
            StoreStatus status = worker.put(burst, i, wire.value, 0, Wire.VALUE_BYTES);
            stored += status == StoreStatus.STORED ? 1 : 0;
        }
        worker.exit();
        return stored;
    }

    private int put(long key) {
        StoreStatus status = worker.put(wire.keys, key, Wire.KEY_BYTES, wire.value, 0, Wire.VALUE_BYTES);
        return status == StoreStatus.STORED ? 1 : 0;
    }

    @Override
    public void close() {
        worker.close();
        arena.close();
    }
}
