package dev.situ.packet;

/// Opens the next header of each packet. Packets without it are out.
final class ParseStep extends Step {
    private final Object[] envelopes;
    private final Object[] headers;
    private final Layer<Object, Object> layer;

    ParseStep(Object[] envelopes, Object[] headers, Layer<Object, Object> layer) {
        this.envelopes = envelopes;
        this.headers = headers;
        this.layer = layer;
    }

    @Override
    void run(int[] slots, int count, Fate[] fates) {
        int passed = 0;
        for (int i = 0; i < count; i++) {
            int slot = slots[i];
            Object header = layer.open(envelopes[slot]);
            if (header != null) {
                headers[slot] = header;
                slots[passed] = slot;
                passed++;
            }
        }
        pass(slots, passed, fates);
    }
}
