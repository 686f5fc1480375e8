package dev.situ.packet;

import dev.situ.memory.Checks;

/// Where the fields of a packet's descriptor lie: exactly where DPDK's `struct rte_mbuf` has them (DPDK 22.11,
/// `rte_mbuf_core.h`, x86-64), so that an mbuf of a driver *is* a packet and nothing is translated.
///
/// ```
///  packet                                                                    packet + 128 + PRIVATE_BYTES
///  |                                                                          |
///  +--------------------------- descriptor, 128 bytes -----------------------+---------+----------+------+------+
///  |  0 buf_addr   8 buf_iova                                                | private | headroom | data | tail |
///  | 16 data_off  18 refcnt    20 nb_segs  22 port      24 ol_flags          |         |          |      | room |
///  | 36 pkt_len   40 data_len  42 vlan_tci 44 hash      54 buf_len   56 pool |         |          |      |      |
///  | 64 next      72 tx_offload            80 shinfo    88 priv_size         |         |          |      |      |
///  +-------------------------------------------------------------------------+---------+----------+------+------+
///                                                           buf_addr ------------------^
///                                                           buf_addr + data_off ------------------^
/// ```
///
/// Fields are in the order of the machine. `buf_addr` and `next` are addresses, as a driver needs them; everybody
/// else works with offsets in the pool's memory, which [Packet] makes of them.
public final class PacketLayout {
    /// The bytes of a descriptor.
    public static final int BYTES = 128;

    /// `void *buf_addr`: where the buffer starts, headroom included.
    public static final int BUF_ADDR = 0;
    /// `rte_iova_t buf_iova`: the same for the device. Only a driver's pool sets it.
    public static final int BUF_IOVA = 8;
    /// `uint16_t data_off`: where the data starts in the buffer. The start of the eight bytes that are reset at
    /// once: [#RESET_WORD].
    public static final int DATA_OFF = 16;
    /// `uint16_t refcnt`: how many hold the packet. Changed between threads by a compare-and-set of the int at
    /// [#DATA_OFF].
    public static final int REFCNT = 18;
    /// `uint16_t nb_segs`: the segments of the chain; right in the first only.
    public static final int NB_SEGS = 20;
    /// `uint16_t port`: where the packet came in.
    public static final int PORT = 22;
    /// `uint64_t ol_flags`.
    public static final int OL_FLAGS = 24;
    /// `uint32_t packet_type`.
    public static final int PACKET_TYPE = 32;
    /// `uint32_t pkt_len`: the bytes of all segments; right in the first only.
    public static final int PKT_LEN = 36;
    /// `uint16_t data_len`: the bytes of this segment.
    public static final int DATA_LEN = 40;
    /// `uint32_t hash.rss`: what the card hashed the flow to.
    public static final int HASH = 44;
    /// `uint16_t buf_len`: the bytes of the buffer, headroom included.
    public static final int BUF_LEN = 54;
    /// `struct rte_mempool *pool`. 0 in a pool that is not a driver's.
    public static final int POOL = 56;
    /// `struct rte_mbuf *next`: the next segment, or 0.
    public static final int NEXT = 64;
    /// `uint64_t tx_offload`: bits 0 to 6 the bytes of layer 2, bits 7 to 15 those of layer 3.
    public static final int TX_OFFLOAD = 72;
    /// `struct rte_mbuf_ext_shared_info *shinfo`. A clone keeps the `buf_iova` of its own
    /// buffer here, which DPDK does not read as the packet is not `EXTERNAL`.
    public static final int SHINFO = 80;
    /// `uint16_t priv_size`: [#PRIVATE_BYTES].
    public static final int PRIV_SIZE = 88;

    /// The bytes between a descriptor and its buffer, which every pool must set aside: what checked mode notes
    /// down about the packet, and nothing otherwise.
    public static final int PRIVATE_BYTES = Checks.ON ? 64 : 0;

    /// From the descriptor to the buffer of its own.
    public static final int BUFFER = BYTES + PRIVATE_BYTES;

    /// The room before the data of a fresh packet, for headers that are put before it later
    /// (`RTE_PKTMBUF_HEADROOM`).
    public static final int HEADROOM = 128;

    /// The eight bytes at [#DATA_OFF] of a fresh packet: [#HEADROOM], one reference, one segment, no port.
    public static final long RESET_WORD = 0xFFFF_0001_0001_0000L | HEADROOM;

    /// `RTE_MBUF_F_RX_L4_CKSUM_BAD`, `_GOOD`, and both for "not in the packet, but sound" (`_NONE`).
    public static final long RX_L4_CHECKSUM_BAD = 1L << 3;

    public static final long RX_L4_CHECKSUM_GOOD = 1L << 8;
    public static final long RX_L4_CHECKSUM_MASK = RX_L4_CHECKSUM_BAD | RX_L4_CHECKSUM_GOOD;

    /// `RTE_MBUF_F_RX_IP_CKSUM_BAD`, `_GOOD`, and both for "not in the packet, but sound" (`_NONE`).
    public static final long RX_IP_CHECKSUM_BAD = 1L << 4;

    public static final long RX_IP_CHECKSUM_GOOD = 1L << 7;
    public static final long RX_IP_CHECKSUM_MASK = RX_IP_CHECKSUM_BAD | RX_IP_CHECKSUM_GOOD;

    /// `RTE_MBUF_F_TX_UDP_CKSUM`: the card is to complete the UDP checksum.
    public static final long TX_UDP_CHECKSUM = 3L << 52;

    /// `RTE_MBUF_F_TX_IP_CKSUM`: the card is to compute the checksum of the IPv4 header.
    public static final long TX_IP_CHECKSUM = 1L << 54;

    /// `RTE_MBUF_F_TX_IPV4`: the packet is IPv4.
    public static final long TX_IPV4 = 1L << 55;

    /// `RTE_MBUF_F_INDIRECT`: the descriptor points into the buffer of another packet and holds a reference to it.
    public static final long INDIRECT = 1L << 62;

    private PacketLayout() {}

    /// Whether the port says that the checksum of the IPv4 header is right, rather than bad or nothing.
    ///
    /// @param flags those of a packet ([Packet#flags])
    public static boolean isIpChecksumGood(long flags) {
        return isGood(flags & RX_IP_CHECKSUM_MASK, RX_IP_CHECKSUM_BAD);
    }

    /// Whether the port says that the checksum of UDP is right, rather than bad or nothing.
    ///
    /// @param flags those of a packet ([Packet#flags])
    public static boolean isL4ChecksumGood(long flags) {
        return isGood(flags & RX_L4_CHECKSUM_MASK, RX_L4_CHECKSUM_BAD);
    }

    private static boolean isGood(long said, long bad) {
        return said != 0 && said != bad;
    }
}
