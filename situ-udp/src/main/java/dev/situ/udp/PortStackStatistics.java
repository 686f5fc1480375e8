package dev.situ.udp;

import java.util.EnumMap;
import java.util.Map;

/// What a [PortUdpStack] counts beyond [UdpStatistics], over all pollers since the start.
///
/// @param dropped packets dropped, for each reason that there was
/// @param pings echo requests answered
/// @param arpAsked ARP requests sent
/// @param arpAnswered ARP requests answered
/// @param sharedBytes bytes that were appended to datagrams and sent from where they lay
/// @param copiedBytes bytes that were appended and had to be copied; not short datagrams that are sent as a whole
public record PortStackStatistics(
        Map<DropReason, Long> dropped,
        long pings,
        long arpAsked,
        long arpAnswered,
        long sharedBytes,
        long copiedBytes) {
    /// Copies the map.
    public PortStackStatistics {
        dropped = Map.copyOf(dropped);
    }

    /// How many packets were dropped for `reason`.
    public long dropped(DropReason reason) {
        return dropped.getOrDefault(reason, 0L);
    }

    static PortStackStatistics sum(Iterable<StackCounters> all) {
        Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);
        long pings = 0;
        long asked = 0;
        long answered = 0;
        long shared = 0;
        long copied = 0;
        for (StackCounters counters : all) {
            pings += counters.get(StackCounters.PINGS);
            asked += counters.get(StackCounters.ARP_ASKED);
            answered += counters.get(StackCounters.ARP_ANSWERED);
            shared += counters.get(StackCounters.SHARED_BYTES);
            copied += counters.get(StackCounters.COPIED_BYTES);
            for (DropReason reason : DropReason.values()) {
                long count = counters.dropped(reason);
                if (count > 0) {
                    dropped.merge(reason, count, Long::sum);
                }
            }
        }
        return new PortStackStatistics(dropped, pings, asked, answered, shared, copied);
    }
}
