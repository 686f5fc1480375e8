package dev.situ.packet;

import java.util.function.ToIntFunction;

/// Divides the packets among groups, each with steps of its own. A packet of a group that does not exist is out.
final class GroupStep extends Step {
    private final Object[] headers;
    private final ToIntFunction<Object> groupOf;
    private final Step[] groups;
    private final int[][] members;
    private final int[] counts;

    GroupStep(Object[] headers, ToIntFunction<Object> groupOf, Step[] groups) {
        this.headers = headers;
        this.groupOf = groupOf;
        this.groups = groups;
        this.members = new int[groups.length][headers.length];
        this.counts = new int[groups.length];
    }

    @Override
    void run(int[] slots, int count, Fate[] fates) {
        for (int g = 0; g < counts.length; g++) {
            counts[g] = 0;
        }
        for (int i = 0; i < count; i++) {
            int slot = slots[i];
            int group = groupOf.applyAsInt(headers[slot]);
            if (group >= 0 && group < counts.length) {
                members[group][counts[group]] = slot;
                counts[group]++;
            }
        }
        for (int g = 0; g < groups.length; g++) {
            groups[g].run(members[g], counts[g], fates);
        }
    }
}
