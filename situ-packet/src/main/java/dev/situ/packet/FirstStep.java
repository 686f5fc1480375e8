package dev.situ.packet;

/// Where a pipeline, or a group of one, begins.
final class FirstStep extends Step {
    @Override
    void run(int[] slots, int count, Fate[] fates) {
        pass(slots, count, fates);
    }
}
