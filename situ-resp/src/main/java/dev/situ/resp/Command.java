package dev.situ.resp;

import dev.situ.memory.Checks;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;

/// The arguments of one command, the command's name being argument 0: a view into the memory that was parsed,
/// reused for every command of a [RespParser].
///
/// All arguments lie in one memory. They are *borrowed*: valid until the next call of [RespParser#parse] or
/// [RespParser#release], and only for as long as the parsed memory is left alone. Confined to the thread of its parser.
///
/// One argument may be **external**: the caller of the parser took its bytes to another place
/// ([RespParser#takePending()]). Only its length is known here.
public final class Command {
    private static final int NO_ARGUMENT = -1;
    private static final int USUAL_ARGUMENTS = 16;
    private static final int KEPT_ARGUMENTS = 1024;

    private MemorySegment memory = MemorySegment.NULL;
    private long base;
    private int[] offsets = new int[USUAL_ARGUMENTS];
    private int[] lengths = new int[USUAL_ARGUMENTS];
    private int count;
    private int external = NO_ARGUMENT;
    private final ArgumentBudget budget;
    private long held; // bytes of the budget that the tables take

    Command(ArgumentBudget budget) {
        this.budget = budget;
    }

    /// The number of arguments, the name included. At least 1 in a whole command.
    public int count() {
        return count;
    }

    /// The memory that every argument lies in.
    public MemorySegment memory() {
        return memory;
    }

    /// Where argument `index` starts in [#memory()].
    public long offset(int index) {
        if (Checks.ON && index == external) {
            throw new IllegalStateException("argument " + index + " is not in this memory");
        }
        return base + offsets[Objects.checkIndex(index, count)];
    }

    /// The bytes of argument `index`: 0 to 512 MB.
    public int length(int index) {
        return lengths[Objects.checkIndex(index, count)];
    }

    /// Says whether the bytes of argument `index` were taken to another place.
    public boolean isExternal(int index) {
        return index == external;
    }

    /// Names the place that the offsets are relative to.
    void place(MemorySegment memory, long base) {
        this.memory = memory;
        this.base = base;
    }

    void clear() {
        count = 0;
        external = NO_ARGUMENT;
        if (offsets.length > KEPT_ARGUMENTS) {
            offsets = new int[USUAL_ARGUMENTS];
            lengths = new int[USUAL_ARGUMENTS];
        }
        if (held > 0) {
            budget.giveBack(held);
            held = 0;
        }
    }

    /// Sees to room for one more argument, which [#add] needs. Gives false if the budget has none.
    boolean reserve() {
        return count < offsets.length || grow();
    }

    /// The old tables and the new ones are there at the same time, so both are counted until the copy is done.
    private boolean grow() {
        int room = count * 2;
        long before = held;
        if (room > KEPT_ARGUMENTS) {
            long bytes = 2L * Integer.BYTES * room;
            if (!budget.take(bytes)) {
                return false;
            }
            held += bytes;
        }
        int[] grownOffsets = Arrays.copyOf(offsets, room);
        lengths = Arrays.copyOf(lengths, room);
        offsets = grownOffsets;
        if (before > 0) {
            budget.giveBack(before);
            held -= before;
        }
        return true;
    }

    void add(int offset, int length) {
        offsets[count] = offset;
        lengths[count] = length;
        count++;
    }

    void addExternal(int length) {
        external = count;
        add(0, length);
    }
}
