package dev.situ.udp;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// The link addresses that are known, for all pollers: an open hash table of entries that are replaced whole.
///
/// Looking up is wait-free: a few loads. Changing, which only ARP messages and questions do, waits for other
/// changes. Entries are never taken out, so a free slot ends a search. A slot is sought in a window of a few; when
/// all are taken the entry that was heard longest ago gives way, so that a flood of addresses stays bounded.
///
/// **Whom to believe.** ARP has no proof, so an answer counts only if it was asked for, or confirms what is known;
/// and an address that was heard within the last second is not changed, so that of two who answer the first wins and
/// a spoofer must be faster than the owner every time.
final class ArpTable {
    private static final int WINDOW = 8;
    private static final long LOCK_NANOS = 1_000_000_000L;

    private final ArpOptions options;
    private final AtomicReferenceArray<@Nullable ArpEntry> slots;
    private final int mask;

    ArpTable(ArpOptions options) {
        this.options = options;
        int size = Math.max(WINDOW, Integer.highestOneBit(Math.max(1, options.tableEntries() - 1)) << 1);
        this.slots = new AtomicReferenceArray<>(size);
        this.mask = size - 1;
    }

    /// The entry of an address whose link address is known and not too old, or null.
    @Nullable
    ArpEntry lookup(int ip, long nowNanos) {
        ArpEntry entry = find(ip);
        return entry != null && entry.mac != ArpEntry.ASKED && entry.age(nowNanos) < options.expiryNanos()
                ? entry
                : null;
    }

    /// Whether so little is left of an entry that is in use that its owner should be asked again, by the caller.
    boolean isDueForQuestion(ArpEntry entry, long nowNanos) {
        long age = entry.age(nowNanos);
        return age > options.expiryNanos() - options.expiryNanos() / 4 && entry.mayAsk(nowNanos, options.retryNanos());
    }

    /// Notes that the address is asked for, so that an answer will be believed.
    synchronized void ask(int ip, long nowNanos) {
        ArpEntry entry = find(ip);
        if (entry == null) {
            put(new ArpEntry(ip, ArpEntry.ASKED, nowNanos), nowNanos);
        }
    }

    /// Takes up what an ARP message says.
    ///
    /// @param evenIfNew whether to take up an address that is not in the table: the message is for us
    /// @return whether it is believed
    synchronized boolean hear(int ip, long mac, boolean evenIfNew, long nowNanos) {
        ArpEntry entry = find(ip);
        if (entry == null) {
            if (evenIfNew) {
                put(new ArpEntry(ip, mac, nowNanos), nowNanos);
            }
            return evenIfNew;
        }
        if (entry.mac == mac) {
            entry.hear(nowNanos);
            return true;
        }
        if (entry.mac != ArpEntry.ASKED && entry.age(nowNanos) < Math.min(LOCK_NANOS, options.expiryNanos())) {
            return false;
        }
        put(new ArpEntry(ip, mac, nowNanos), nowNanos);
        return true;
    }

    private @Nullable ArpEntry find(int ip) {
        int start = start(ip);
        for (int i = 0; i < WINDOW; i++) {
            ArpEntry entry = slots.getAcquire(start + i & mask);
            if (entry == null) {
                return null;
            }
            if (entry.ip == ip) {
                return entry;
            }
        }
        return null;
    }

    private void put(ArpEntry entry, long nowNanos) {
        int start = start(entry.ip);
        int oldest = start & mask;
        long age = Long.MIN_VALUE;
        for (int i = 0; i < WINDOW; i++) {
            int slot = start + i & mask;
            ArpEntry there = slots.getAcquire(slot);
            if (there == null || there.ip == entry.ip) {
                slots.setRelease(slot, entry);
                return;
            }
            if (there.age(nowNanos) > age) {
                age = there.age(nowNanos);
                oldest = slot;
            }
        }
        slots.setRelease(oldest, entry);
    }

    private static int start(int ip) {
        int h = ip * 0x9E37_79B9;
        return h ^ (h >>> 15);
    }
}
