package dev.situ.dpdk.ffi;

import dev.situ.memory.Words;
import dev.situ.packet.PacketLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Compares, at start, what is said here about DPDK's structures with what the loaded library does with them.
///
/// Two ways, as a field is:
/// - **inspect**: let C make the structure, and look for known values at the offsets;
/// - **be refused**: change a field at its offset, and see C's own check (`rte_mbuf_check`) complain.
///
/// A wrong offset would corrupt memory long after; so whoever finds one does not run.
public final class LayoutCheck {
    private static final int PACKETS = 63;
    private static final int CACHE = 8;
    private static final int BUFFER_BYTES = 2048 + PacketLayout.HEADROOM;
    private static final int PRIVATE_BYTES = 64;
    private static final int BUFFER = PacketLayout.BYTES + PRIVATE_BYTES;
    private static final byte UNTOUCHED = (byte) 0xA5;
    private static final String NAME = "situ_layout_check";

    private final Mempool pool;
    private final MemorySegment memory;

    private LayoutCheck(Mempool pool) {
        this.pool = pool;
        this.memory = pool.memory();
    }

    /// Checks the structures of pools and packets. To be called on a registered thread.
    ///
    /// @throws Refusal if anything is different, or there is no memory for it, and says what
    public static void pools() {
        try (Mempool pool = Mempool.create(NAME, PACKETS, BUFFER_BYTES, PRIVATE_BYTES, CACHE, EalCalls.ANY_SOCKET)) {
            LayoutCheck check = new LayoutCheck(pool);
            check.poolIsAsExpected();
            check.cachesAreAsExpected();
            check.freePacketsAreAsExpected();
            check.checkRefusesWhatIsChanged();
            check.cloneAndCopyAreAsExpected();
            check.threadCacheIsAsExpected();
            expect("the count of free packets", pool.free(EalCalls.MAX_LCORES), PACKETS);
        }
    }

    private void poolIsAsExpected() {
        MemorySegment header = pool.header();
        expect("rte_mempool.name", header.getString(MempoolLayout.NAME).equals(NAME));
        expect("rte_mempool.size", Words.getInt(header, MempoolLayout.SIZE), Mempool.places(PACKETS, CACHE));
        expect("rte_mempool.cache_size", Words.getInt(header, MempoolLayout.CACHE_SIZE), CACHE);
        expect("rte_mempool.elt_size", Words.getInt(header, MempoolLayout.ELEMENT_SIZE), BUFFER + BUFFER_BYTES);
        expect("rte_mempool.populated_size", Words.getInt(header, MempoolLayout.POPULATED), PACKETS);
        expect("rte_mempool.nb_mem_chunks", Words.getInt(header, MempoolLayout.CHUNKS), 1);
        expect(
                "rte_mempool.local_cache",
                Words.getLong(header, MempoolLayout.LOCAL_CACHE),
                pool.address() + MempoolLayout.BYTES);
        expect(
                "rte_mempool.elt_list",
                Words.getLong(header, MempoolLayout.ELEMENTS),
                memory.address() + objectHeader(0));
        expect("rte_mempool_ops.get_count", pool.free(0), MempoolCalls.available(pool.address()));
    }

    private void cachesAreAsExpected() {
        for (int lcore : new int[] {0, 1, EalCalls.MAX_LCORES - 1}) {
            long cache = Mempool.cache(lcore);
            expect("rte_mempool_cache.size", Words.getInt(pool.header(), cache), CACHE);
            expect(
                    "rte_mempool_cache.flushthresh",
                    Words.getInt(pool.header(), cache + MempoolLayout.CACHE_THRESHOLD),
                    CACHE * 3 / 2);
        }
    }

    private void freePacketsAreAsExpected() {
        for (int i = 0; i < PACKETS; i++) {
            long at = pool.descriptor(i);
            long object = objectHeader(i);
            expect("rte_mempool_objhdr.mp", Words.getLong(memory, object + MempoolLayout.OBJECT_POOL), pool.address());
            expect("rte_mbuf.buf_addr", Words.getLong(memory, at), memory.address() + at + BUFFER);
            expect("rte_mbuf.buf_len", Words.getShort(memory, at + PacketLayout.BUF_LEN), BUFFER_BYTES);
            expect("rte_mbuf.priv_size", Words.getShort(memory, at + PacketLayout.PRIV_SIZE), PRIVATE_BYTES);
            expect("rte_mbuf.pool", Words.getLong(memory, at + PacketLayout.POOL), pool.address());
            expect("rte_mbuf.next", Words.getLong(memory, at + PacketLayout.NEXT), 0);
            expect("rte_mbuf.rearm_data", Words.getLong(memory, at + PacketLayout.DATA_OFF), PacketLayout.RESET_WORD);
            expect(
                    "rte_mbuf.buf_iova",
                    Words.getLong(memory, at + PacketLayout.BUF_IOVA),
                    Words.getLong(memory, object + MempoolLayout.OBJECT_IOVA) + BUFFER);
        }
    }

    private long objectHeader(int index) {
        return pool.descriptor(index) - MempoolLayout.OBJECT_HEADER_BYTES;
    }

    private void checkRefusesWhatIsChanged() {
        long at = take(100);
        accepts(at, "an untouched packet");
        refusesWord(at, "rte_mbuf.pool", PacketLayout.POOL, 0);
        refusesWord(at, "rte_mbuf.buf_iova", PacketLayout.BUF_IOVA, 0);
        refusesWord(at, "rte_mbuf.buf_addr", PacketLayout.BUF_ADDR, 0);
        refusesShort(at, "rte_mbuf.refcnt", PacketLayout.REFCNT, 0);
        refusesShort(at, "rte_mbuf.nb_segs", PacketLayout.NB_SEGS, 2);
        refusesShort(at, "rte_mbuf.data_off", PacketLayout.DATA_OFF, BUFFER_BYTES + 1);
        refusesShort(at, "rte_mbuf.data_len", PacketLayout.DATA_LEN, 101);
        refusesShort(at, "rte_mbuf.pkt_len", PacketLayout.PKT_LEN, 99);
        accepts(at, "a packet that was changed and restored");
        pool.give(at);
    }

    private void cloneAndCopyAreAsExpected() {
        long first = take(100);
        long second = take(50);
        Words.setLong(memory, data(first), 0x0123_4567_89AB_CDEFL);
        Words.setLong(memory, data(second), 0x7766_5544_3322_1100L);
        Words.setLong(memory, first + PacketLayout.NEXT, memory.address() + second);
        Words.setShort(memory, first + PacketLayout.NB_SEGS, (short) 2);
        Words.setInt(memory, first + PacketLayout.PKT_LEN, 150);
        accepts(first, "a chain");
        long copy = MempoolCalls.packetCopy(memory.address() + first, pool.address()) - memory.address();
        expect("the length of a chain's copy", Words.getInt(memory, copy + PacketLayout.PKT_LEN), 150);
        expect("the first bytes of a copy", Words.getLong(memory, data(copy)), 0x0123_4567_89AB_CDEFL);
        expect("the other bytes of a copy", Words.getLong(memory, data(copy) + 100), 0x7766_5544_3322_1100L);

        long clone = MempoolCalls.packetClone(memory.address() + second, pool.address()) - memory.address();
        expect("rte_mbuf.refcnt of what was cloned", Words.getInt(memory, second + PacketLayout.DATA_OFF) >>> 16, 2);
        expect(
                "rte_mbuf.ol_flags of a clone",
                Words.getLong(memory, clone + PacketLayout.OL_FLAGS) & PacketLayout.INDIRECT,
                PacketLayout.INDIRECT);
        expect("rte_mbuf.buf_addr of a clone", data(clone), data(second));
        expect("rte_mbuf.data_len of a clone", Words.getShort(memory, clone + PacketLayout.DATA_LEN), 50);
        free(clone);
        expect("rte_mbuf.refcnt after the clone", Words.getInt(memory, second + PacketLayout.DATA_OFF) >>> 16, 1);
        expect(
                "rte_mbuf.buf_addr after being a clone",
                Words.getLong(memory, clone + PacketLayout.BUF_ADDR),
                memory.address() + clone + BUFFER);
        free(copy);
        free(first);
    }

    /// The calling thread's cache, after C gave packets back into it.
    private void threadCacheIsAsExpected() {
        long cache = Mempool.cache(EalCalls.lcore());
        MemorySegment header = pool.header();
        int before = Words.getInt(header, cache + MempoolLayout.CACHE_LENGTH);
        expect("rte_mempool_cache.len", before > 0 && before <= CACHE * 3 / 2);
        long at = take(1);
        free(at);
        int length = Words.getInt(header, cache + MempoolLayout.CACHE_LENGTH);
        expect("rte_mempool_cache.len", length > 0 && length <= CACHE * 3 / 2);
        long last = cache + MempoolLayout.CACHE_OBJECTS + (length - 1L) * Long.BYTES;
        expect("rte_mempool_cache.objs", Words.getLong(header, last), memory.address() + at);
    }

    private long take(int bytes) {
        long at = pool.take();
        expect("a taken packet", at > 0 && at < memory.byteSize());
        Words.setInt(memory, at + PacketLayout.PKT_LEN, bytes);
        Words.setShort(memory, at + PacketLayout.DATA_LEN, (short) bytes);
        return at;
    }

    private long data(long at) {
        return Words.getLong(memory, at + PacketLayout.BUF_ADDR)
                - memory.address()
                + Words.getShort(memory, at + PacketLayout.DATA_OFF);
    }

    private void free(long at) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pointer = arena.allocate(ValueLayout.JAVA_LONG);
            Words.setLong(pointer, 0, memory.address() + at);
            MempoolCalls.packetFree(pointer.address(), 1);
        }
    }

    private boolean isSound(long at) {
        try (Arena arena = Arena.ofConfined()) {
            return MempoolCalls.packetCheck(memory.address() + at, arena.allocate(ValueLayout.ADDRESS)) == 0;
        }
    }

    private void accepts(long at, String what) {
        expect("what rte_mbuf_check says about " + what, isSound(at));
    }

    private void refusesWord(long at, String field, int offset, long value) {
        long before = Words.getLong(memory, at + offset);
        Words.setLong(memory, at + offset, value);
        boolean sound = isSound(at);
        Words.setLong(memory, at + offset, before);
        expect(field, !sound);
    }

    private void refusesShort(long at, String field, int offset, int value) {
        short before = Words.getShort(memory, at + offset);
        Words.setShort(memory, at + offset, (short) value);
        boolean sound = isSound(at);
        Words.setShort(memory, at + offset, before);
        expect(field, !sound);
    }

    /// Checks the structures by which a port is asked and configured, on a port that was configured with `conf`.
    ///
    /// @throws Refusal if anything is different, and says what
    public static void port(int port, MemorySegment conf) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = untouched(arena, EthInfo.ROOM);
            expect("rte_eth_dev_info_get", EthdevCalls.infoGet(port, info), 0);
            expect("the size of rte_eth_dev_info", touched(info), EthInfo.BYTES);
            MemorySegment stats = untouched(arena, EthStats.ROOM);
            EthdevCalls.statsGet(port, stats);
            expect("the size of rte_eth_stats", touched(stats), EthStats.BYTES);
            MemorySegment taken = untouched(arena, EthConf.ROOM);
            expect("rte_eth_dev_conf_get", EthdevCalls.confGet(port, taken), 0);
            expect("rte_eth_conf.rxmode.mtu", Words.getInt(taken, EthConf.MTU), Words.getInt(conf, EthConf.MTU));
            for (int field : new int[] {EthConf.RX_OFFLOADS, EthConf.TX_OFFLOADS}) {
                expect("rte_eth_conf offloads", Words.getLong(taken, field), Words.getLong(conf, field));
            }
            expect("the size of rte_eth_conf", touched(taken) > EthConf.RSS_FLOWS + Long.BYTES);
        }
    }

    private static MemorySegment untouched(Arena arena, int bytes) {
        return arena.allocate(bytes, Long.BYTES).fill(UNTOUCHED);
    }

    /// How many bytes C wrote.
    private static int touched(MemorySegment memory) {
        int bytes = (int) memory.byteSize();
        while (bytes > 0 && Words.getByte(memory, bytes - 1L) == UNTOUCHED) {
            bytes--;
        }
        return bytes;
    }

    private static void expect(String what, long found, long expected) {
        if (found != expected) {
            throw new Refusal(different(what) + ": " + found + " instead of " + expected);
        }
    }

    private static void expect(String what, boolean asExpected) {
        if (!asExpected) {
            throw new Refusal(different(what));
        }
    }

    private static String different(String what) {
        return "this build of DPDK " + Libraries.require().version() + " cannot be used, its structures differ at "
                + what;
    }
}
