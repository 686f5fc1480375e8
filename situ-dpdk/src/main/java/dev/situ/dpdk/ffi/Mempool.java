package dev.situ.dpdk.ffi;

import dev.situ.memory.Consumes;
import dev.situ.memory.Words;
import dev.situ.packet.PacketLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A DPDK pool of packets in one run of memory, taken from and given to without a call of C but for the pool
/// driver's own two functions.
///
/// ```
///  memory()   0                stride             2 * stride
///             | header | packet | header | packet | ...        header 64 bytes: the pool, the device's address
/// ```
///
/// Packets lie at equal distances, without gaps at the borders of pages: that is what lets the packet of any
/// address be computed, and what the af_xdp driver takes for granted. For this the memory is one memzone whose
/// addresses are neighbours for devices, too.
///
/// Drivers take and give by C, through a cache for each registered thread; Java goes to the common stock
/// directly, as it has caches of its own. All methods are safe from any thread, registered or not.
public final class Mempool implements AutoCloseable {
    private static final int LINE_BYTES = 64;
    private static final int PAGE_BYTES = 4096;
    private static final int MAX_MOVE = 128;
    /// What a driver takes at once beside what refills its cache.
    private static final int DRIVER_BURST = 64;

    private static final int MAX_ELEMENT_BYTES = 1 << 20;
    private static final int EINVAL = 22;

    /// Where a thread's pointers are put down for the pool driver.
    private static final ThreadLocal<MemorySegment> POINTERS =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(ValueLayout.ADDRESS, MAX_MOVE));

    private final long address;
    private final long memzone;
    private final Arena arena;
    private final MemorySegment header;
    private final MemorySegment memory;
    private final MemorySegment enqueue;
    private final MemorySegment dequeue;
    private final MemorySegment getCount;
    private final int packets;
    private final int cacheSize;
    private final int elementHeader;
    private final long stride;

    @SuppressWarnings({"restricted", "MustBeClosedChecker"}) // close() closes the arena
    private Mempool(long address, long memzone, int packets) {
        this.address = address;
        this.memzone = memzone;
        this.packets = packets;
        this.arena = Arena.ofShared();
        this.header = MemorySegment.ofAddress(address)
                .reinterpret(
                        MempoolLayout.BYTES + (long) EalCalls.MAX_LCORES * MempoolLayout.CACHE_STRIDE, arena, null);
        this.cacheSize = Words.getInt(header, MempoolLayout.CACHE_SIZE);
        this.elementHeader = Words.getInt(header, MempoolLayout.HEADER_SIZE);
        this.stride = stride(address);
        this.memory = MemorySegment.ofAddress(Memzone.address(memzone)).reinterpret(packets * stride, arena, null);
        this.enqueue = driverFunction(address, MempoolLayout.OPS_ENQUEUE);
        this.dequeue = driverFunction(address, MempoolLayout.OPS_DEQUEUE);
        this.getCount = driverFunction(address, MempoolLayout.OPS_GET_COUNT);
    }

    /// Makes a pool of free packets.
    ///
    /// @param name up to 25 characters, of no other pool
    /// @param bufferBytes the bytes of each buffer, headroom included
    /// @param privateBytes those between descriptor and buffer
    /// @param cacheSize how many packets DPDK keeps for each registered thread, about; 0 to 512
    /// @param socket the NUMA node, or [EalCalls#ANY_SOCKET]
    /// @throws Refusal if DPDK does not give it
    public static Mempool create(
            String name, int packets, int bufferBytes, int privateBytes, int cacheSize, int socket) {
        int elementBytes = PacketLayout.BYTES + privateBytes + bufferBytes;
        long pool = MempoolCalls.createEmpty(
                name,
                places(packets, cacheSize),
                elementBytes,
                cacheSize,
                PacketPoolPrivate.BYTES,
                socket,
                MempoolLayout.NO_IOVA_CONTIGUITY);
        if (pool == 0) {
            throw refused("make a pool of " + packets + " packets", EalCalls.errno());
        }
        long memzone = 0;
        try (Arena arena = Arena.ofConfined()) {
            int error = MempoolCalls.setBestOps(pool);
            if (error < 0) {
                throw refused("choose a mempool driver (is librte-mempool-ring installed?)", error);
            }
            MempoolCalls.packetPoolInit(pool, PacketPoolPrivate.of(arena, bufferBytes, privateBytes));
            long bytes = packets * stride(pool);
            // Where devices use physical addresses, neighbours must be asked for.
            int flags = EalCalls.iovaMode() == EalCalls.IOVA_VA ? 0 : EalCalls.MEMZONE_IOVA_CONTIGUOUS;
            memzone = EalCalls.reserve(name, bytes, socket, flags, PAGE_BYTES);
            if (memzone == 0) {
                throw refused("get " + bytes + " bytes of packet memory", EalCalls.errno());
            }
            int populated = MempoolCalls.populate(pool, Memzone.address(memzone), Memzone.iova(memzone), bytes);
            if (populated != packets) {
                throw refused(
                        "divide " + bytes + " bytes into " + packets + " packets (" + populated + ")",
                        populated < 0 ? populated : EINVAL);
            }
            MempoolCalls.packetsInit(pool);
            return new Mempool(pool, memzone, packets);
        } catch (Refusal e) {
            release(pool, memzone);
            throw e;
        }
    }

    /// How many places the common stock must have, so that `packets` always find room.
    ///
    /// In a ring with relaxed tails, what was taken behind a thread that the kernel stopped while it took
    /// keeps its place until that thread goes on: up to an eighth of the ring, and what is taken at once. In a
    /// ring that is no larger than the pool, packets that come back meanwhile would be refused; and DPDK's
    /// cache of a thread, which does not look, would lose them. The price: what was given behind a thread
    /// that was stopped while it gave cannot be taken meanwhile, and that is an eighth of the ring, too.
    static int places(int packets, int cacheSize) {
        long takenAtOnce = Math.max(MAX_MOVE, cacheSize + DRIVER_BURST);
        return (int) Math.min(Integer.MAX_VALUE, (packets + takenAtOnce) * 8 / 7 + 1);
    }

    private static Refusal refused(String what, int error) {
        return new Refusal("DPDK does not " + what + ": " + EalCalls.errorText(error));
    }

    private static void release(long pool, long memzone) {
        MempoolCalls.free(pool);
        if (memzone != 0) {
            EalCalls.free(memzone);
        }
    }

    private static long stride(long pool) {
        MemorySegment header = Libraries.at(pool, MempoolLayout.BYTES);
        long bytes = (long) Words.getInt(header, MempoolLayout.HEADER_SIZE)
                + Words.getInt(header, MempoolLayout.ELEMENT_SIZE)
                + Words.getInt(header, MempoolLayout.TRAILER_SIZE);
        if (bytes < LINE_BYTES || bytes > MAX_ELEMENT_BYTES) {
            throw new Refusal("struct rte_mempool is not as expected: an element of " + bytes
                    + " bytes; this build of DPDK cannot be used");
        }
        return bytes;
    }

    private static MemorySegment driverFunction(long pool, int function) {
        int index = Words.getInt(Libraries.at(pool, MempoolLayout.BYTES), MempoolLayout.OPS_INDEX);
        MemorySegment table = Libraries.variable("rte_mempool_ops_table", MempoolLayout.OPS_TABLE_BYTES);
        long at = MempoolLayout.OPS + (long) index * MempoolLayout.OPS_STRIDE + function;
        long pointer = Words.getLong(table, at);
        if (pointer == 0) {
            throw new Refusal("the mempool driver is not as expected; DPDK cannot be used");
        }
        return MemorySegment.ofAddress(pointer);
    }

    /// The `struct rte_mempool`, for drivers.
    public long address() {
        return address;
    }

    /// The memory of all packets. Not accessible any more once the pool is closed.
    public MemorySegment memory() {
        return memory;
    }

    public int packets() {
        return packets;
    }

    MemorySegment header() {
        return header;
    }

    /// Where the descriptor of packet `index` starts in [#memory()].
    public long descriptor(int index) {
        return index * stride + elementHeader;
    }

    /// The descriptor of the packet that the byte at `offset` of [#memory()] belongs to, be it of its header, its
    /// descriptor or its buffer.
    public long descriptorAt(long offset) {
        return offset / stride * stride + elementHeader;
    }

    // ---- take and give --------------------------------------------------------------------------------------------

    /// C must not see a pool that was freed.
    private void requireOpen() {
        if (!arena.scope().isAlive()) {
            throw new IllegalStateException("the pool is closed");
        }
    }

    /// Takes up to `count` free descriptors: their offsets in [#memory()].
    ///
    /// @return how many
    public int take(long[] into, int from, int count) {
        requireOpen();
        MemorySegment pointers = POINTERS.get();
        int taken = 0;
        int batch = Math.min(count, MAX_MOVE);
        // A driver gives all of a batch or nothing.
        while (batch > 0 && taken < count) {
            if (MempoolCalls.move(dequeue, address, pointers.address(), batch) < 0) {
                batch /= 2;
                continue;
            }
            for (int i = 0; i < batch; i++) {
                into[from + taken + i] = Words.getLong(pointers, (long) i * Long.BYTES) - memory.address();
            }
            taken += batch;
            batch = Math.min(batch, count - taken);
        }
        return taken;
    }

    /// Takes a free descriptor, or gives 0.
    public long take() {
        requireOpen();
        MemorySegment pointers = POINTERS.get();
        return MempoolCalls.move(dequeue, address, pointers.address(), 1) < 0
                ? 0
                : Words.getLong(pointers, 0) - memory.address();
    }

    /// Takes back `count` descriptors of packets that nobody holds.
    public void give(long[] descriptors, int from, int count) {
        requireOpen();
        MemorySegment pointers = POINTERS.get();
        for (int done = 0; done < count; ) {
            int batch = Math.min(count - done, MAX_MOVE);
            for (int i = 0; i < batch; i++) {
                Words.setLong(pointers, (long) i * Long.BYTES, memory.address() + descriptors[from + done + i]);
            }
            enqueue(pointers, batch);
            done += batch;
        }
    }

    /// Takes back the descriptor of a packet that nobody holds.
    public void give(@Consumes long descriptor) {
        requireOpen();
        MemorySegment pointers = POINTERS.get();
        Words.setLong(pointers, 0, memory.address() + descriptor);
        enqueue(pointers, 1);
    }

    private void enqueue(MemorySegment pointers, int count) {
        if (MempoolCalls.move(enqueue, address, pointers.address(), count) < 0) {
            throw new IllegalStateException("more packets came back to the pool than it has");
        }
    }

    /// The free packets now: those in the common stock, and those that DPDK keeps for the threads of the first
    /// `lcores` numbers. Exact when nobody takes or gives.
    public int free(int lcores) {
        requireOpen();
        int free = MempoolCalls.count(getCount, address);
        if (cacheSize > 0) {
            for (int i = 0; i < lcores; i++) {
                free += Words.getIntOpaque(header, cache(i) + MempoolLayout.CACHE_LENGTH);
            }
        }
        return free;
    }

    static long cache(int lcore) {
        return MempoolLayout.BYTES + (long) lcore * MempoolLayout.CACHE_STRIDE;
    }

    /// Frees the memory. Nobody holds a packet of it any more, no driver either.
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
            release(address, memzone);
        }
    }
}
