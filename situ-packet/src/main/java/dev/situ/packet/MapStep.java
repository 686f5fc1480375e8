package dev.situ.packet;

import java.util.function.Consumer;

/// Changes each packet, or looks at it.
final class MapStep extends Step {
    private final Object[] headers;
    private final Consumer<Object> change;

    MapStep(Object[] headers, Consumer<Object> change) {
        this.headers = headers;
        this.change = change;
    }

    @Override
    void run(int[] slots, int count, Fate[] fates) {
        for (int i = 0; i < count; i++) {
            change.accept(headers[slots[i]]);
        }
        pass(slots, count, fates);
    }
}
