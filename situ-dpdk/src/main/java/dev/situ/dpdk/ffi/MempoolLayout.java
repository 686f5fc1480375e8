package dev.situ.dpdk.ffi;

/// Where the fields of `struct rte_mempool`, of its caches and of the table of its drivers lie (`rte_mempool.h`;
/// the same in 22.11, 23.11 and 24.11).
///
/// ```
///  rte_mempool          0 name   56 flags   64 size   68 cache size   72 element size   76 header   80 trailer
///  192 bytes           88 driver   96 caches   104 populated   112 list of objects   128 chunks of memory
///
///  rte_mempool_cache    0 size   4 flush threshold   8 length   64 objects, 1024 pointers
///  8256 bytes, one for each lcore, behind the rte_mempool
///
///  rte_mempool_ops      0 name   48 enqueue   56 dequeue   64 count
///  128 bytes, up to 16, 64 bytes into rte_mempool_ops_table
///
///  element              | pad | header: 0 next   8 pool   16 iova | object | trailer |
/// ```
final class MempoolLayout {
    static final int BYTES = 192;
    static final int NAME = 0;
    static final int FLAGS = 56;
    static final int SIZE = 64;
    static final int CACHE_SIZE = 68;
    static final int ELEMENT_SIZE = 72;
    static final int HEADER_SIZE = 76;
    static final int TRAILER_SIZE = 80;
    static final int OPS_INDEX = 88;
    static final int LOCAL_CACHE = 96;
    static final int POPULATED = 104;
    static final int ELEMENTS = 112;
    static final int CHUNKS = 128;

    static final int CACHE_STRIDE = 8256;
    static final int CACHE_SIZE_OF = 0;
    static final int CACHE_THRESHOLD = 4;
    static final int CACHE_LENGTH = 8;
    static final int CACHE_OBJECTS = 64;
    /// `RTE_MEMPOOL_CACHE_MAX_SIZE`.
    static final int MAX_CACHE_SIZE = 512;

    static final int OPS_TABLE_BYTES = 2112;
    static final int OPS = 64;
    static final int OPS_STRIDE = 128;
    static final int OPS_NAME_BYTES = 32;
    static final int OPS_ENQUEUE = 48;
    static final int OPS_DEQUEUE = 56;
    static final int OPS_GET_COUNT = 64;

    /// `struct rte_mempool_objhdr`, right before each object.
    static final int OBJECT_HEADER_BYTES = 24;
    static final int OBJECT_POOL = 8;
    static final int OBJECT_IOVA = 16;

    /// `RTE_MEMPOOL_F_NO_IOVA_CONTIG`: elements may cross the borders of pages. Set because the memory that the
    /// pools get has neighbouring addresses for devices, too; then elements lie without gaps.
    static final int NO_IOVA_CONTIGUITY = 0x20;

    private MempoolLayout() {}
}
