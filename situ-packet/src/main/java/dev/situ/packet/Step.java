package dev.situ.packet;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A step of a pipeline, run over a whole burst at once. The packets that are still in the running are given by
/// their slots in the burst; each step hands those that pass on to the next.
///
/// Subclasses are instantiated by [StepCopies] only, and hold one loop around one call each.
abstract class Step {
    private @Nullable Step next;

    /// Handles the packets in the first `count` of `slots`, which it may overwrite.
    ///
    /// @param fates where the last step puts each slot's fate
    abstract void run(int[] slots, int count, Fate[] fates);

    final void follow(Step step) {
        if (next != null) {
            throw new IllegalStateException("a step is followed by one step; groupBy branches");
        }
        next = step;
    }

    final void pass(int[] slots, int count, Fate[] fates) {
        if (count > 0) {
            Objects.requireNonNull(next).run(slots, count, fates);
        }
    }
}
