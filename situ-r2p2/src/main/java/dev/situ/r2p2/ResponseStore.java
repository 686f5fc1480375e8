package dev.situ.r2p2;

import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Keeps responses until their clients have them, by reference where somebody owns the bytes.
///
/// ```
///   response     | $300000\r\n |   stored value, owned   | \r\n |
///                      |                  |                 |
///   kept         copied to a block     pinned        copied to the block
/// ```
///
/// Owners are unpinned not when a response is given up, but at the next [#unpinReleased]: packets that refer to
/// their bytes may still wait for the sender's flush. Confined to one thread.
final class ResponseStore {
    private final int queue;
    private final ResponseOwners owners;
    private final BlockPool blocks;
    private final long maxBytes;
    private final int reservedBlocks;
    private long bytes;
    private long[] released = new long[16];
    private int releasedCount;

    ResponseStore(int queue, ResponseOwners owners, BlockPool blocks, long maxBytes) {
        this.queue = queue;
        this.owners = owners;
        this.blocks = blocks;
        this.maxBytes = maxBytes;
        reservedBlocks = Math.max(1, blocks.free() / 4);
    }

    /// The bytes of all responses that are kept.
    long bytes() {
        return bytes;
    }

    /// Whether so much is kept that clients should ask for less at once.
    boolean isPressed() {
        return bytes > maxBytes / 2;
    }

    /// Whether the response of one more request may be kept, whose length nobody knows yet.
    boolean admits() {
        return bytes < maxBytes && blocks.free() >= reservedBlocks;
    }

    /// Whether there are blocks for what must be copied of this response.
    boolean fits(SliceList response) {
        return isSmall(response) || response.unownedLength() <= (long) blocks.free() * BlockPool.BLOCK_BYTES;
    }

    private static boolean isSmall(SliceList response) {
        return response.length() <= ServerCall.SMALL_BYTES && response.unownedLength() == response.length();
    }

    /// Keeps a response that [#fits] for a call.
    void keep(ServerCall call, SliceList response) {
        int length = (int) response.length();
        call.length = length;
        call.packets = ReliableHeader.packets(length);
        bytes += length;
        if (isSmall(response)) {
            response.copyTo(call.small, call.smallOffset);
        } else {
            call.inSlices = true;
            keepSlices(call, response);
        }
    }

    private void keepSlices(ServerCall call, SliceList response) {
        SliceList kept = call.emptySlices();
        int room = 0;
        long pinned = SliceList.NO_OWNER; // slices of one owner that follow each other have one pin
        for (int i = 0; i < response.size(); i++) {
            MemorySegment memory = response.memory(i);
            long offset = response.offset(i);
            long owner = response.owner(i);
            int left = response.length(i);
            if (owner != SliceList.NO_OWNER) {
                if (owner != pinned) {
                    owners.pin(queue, owner);
                    pinned = owner;
                }
                kept.add(memory, offset, left, owner);
                continue;
            }
            while (left > 0) {
                if (room == 0) {
                    call.blocks = blocks.take(call.blocks);
                    room = BlockPool.BLOCK_BYTES;
                }
                int run = Math.min(left, room);
                MemorySegment to = blocks.memory(call.blocks);
                long at = BlockPool.offset(call.blocks) + BlockPool.BLOCK_BYTES - room;
                Words.copy(memory, offset, to, at, run);
                kept.add(to, at, run, SliceList.NO_OWNER);
                offset += run;
                left -= run;
                room -= run;
            }
        }
    }

    /// Gives up the response of a call.
    void release(ServerCall call) {
        bytes -= call.length;
        call.length = 0;
        SliceList kept = call.slices;
        if (!call.inSlices || kept == null) {
            return;
        }
        long unpinned = SliceList.NO_OWNER;
        for (int i = 0; i < kept.size(); i++) {
            long owner = kept.owner(i);
            if (owner != SliceList.NO_OWNER && owner != unpinned) {
                addReleased(owner);
                unpinned = owner;
            }
        }
        if (kept.size() > 256) {
            call.slices = null;
        }
        blocks.giveBack(call.blocks);
        call.blocks = BlockPool.NONE;
        call.inSlices = false;
    }

    private void addReleased(long owner) {
        if (releasedCount == released.length) {
            released = Arrays.copyOf(released, releasedCount * 2);
        }
        released[releasedCount++] = owner;
    }

    /// Unpins what was released. To be called when nothing that was sent waits for a flush.
    void unpinReleased() {
        for (int i = 0; i < releasedCount; i++) {
            owners.unpin(queue, released[i]);
        }
        releasedCount = 0;
    }
}
