package dev.situ.packet;

import java.util.function.Predicate;

/// Lets only those packets pass that a condition holds for.
final class FilterStep extends Step {
    private final Object[] headers;
    private final Predicate<Object> condition;

    FilterStep(Object[] headers, Predicate<Object> condition) {
        this.headers = headers;
        this.condition = condition;
    }

    @Override
    void run(int[] slots, int count, Fate[] fates) {
        int passed = 0;
        for (int i = 0; i < count; i++) {
            int slot = slots[i];
            if (condition.test(headers[slot])) {
                slots[passed] = slot;
                passed++;
            }
        }
        pass(slots, passed, fates);
    }
}
