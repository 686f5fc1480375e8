package dev.situ.bench.load;

import java.lang.foreign.MemorySegment;

/// No server: every request is answered with the next turn. What is measured then is the generator itself.
final class EchoLink implements Link {
    private final int[] waiting;
    private int count;

    EchoLink(int slots) {
        waiting = new int[slots];
    }

    @Override
    public boolean send(MemorySegment request, int length, int slot) {
        waiting[count++] = slot;
        return true;
    }

    @Override
    public void turn(Answers answers) {
        for (int i = 0; i < count; i++) {
            answers.answered(waiting[i], Answer.VALUE);
        }
        count = 0;
    }

    @Override
    public void close() {}
}
