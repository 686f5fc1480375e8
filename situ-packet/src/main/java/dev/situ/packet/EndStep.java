package dev.situ.packet;

/// Decides about each packet.
final class EndStep extends Step {
    private final Object[] headers;
    private final Decision<Object> decision;

    EndStep(Object[] headers, Decision<Object> decision) {
        this.headers = headers;
        this.decision = decision;
    }

    @Override
    void run(int[] slots, int count, Fate[] fates) {
        for (int i = 0; i < count; i++) {
            int slot = slots[i];
            fates[slot] = decision.decide(headers[slot]);
        }
    }
}
