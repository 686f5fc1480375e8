package dev.situ.kv;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/// What one executor has done since the last `CONFIG RESETSTAT`: written by its thread with plain stores, read by
/// others at any time, who may see figures that are a moment old.
///
/// Only the thread itself sets its figures to zero, when it next does something; until then those of an older
/// `generation` do not count.
final class Counters {
    long commands;
    long hits;
    long misses;
    volatile int generation;

    /// How many replies were errors, by their first words. Errors are rare, and may cost something.
    final Map<String, Long> errors = new ConcurrentSkipListMap<>();

    private final @Nullable CommandStats[] byCommand;

    /// @param commandCount how many commands there are, subcommands included
    Counters(int commandCount) {
        byCommand = new CommandStats[commandCount];
    }

    /// What is counted of a command: made at its first use.
    CommandStats of(CommandSpec spec) {
        CommandStats stats = byCommand[spec.number()];
        if (stats == null) {
            stats = new CommandStats();
            byCommand[spec.number()] = stats;
        }
        return stats;
    }

    /// The same, or null if there was no use.
    @Nullable
    CommandStats find(CommandSpec spec) {
        return byCommand[spec.number()];
    }

    void countError(String reply) {
        int end = reply.indexOf(' ');
        errors.merge(end < 0 ? reply : reply.substring(0, end), 1L, Long::sum);
    }

    /// Begins anew. The thread of the executor only.
    void renew(int newGeneration) {
        commands = 0;
        hits = 0;
        misses = 0;
        errors.clear();
        Arrays.fill(byCommand, null);
        generation = newGeneration;
    }

    void add(Counters other) {
        commands += other.commands;
        hits += other.hits;
        misses += other.misses;
        other.errors.forEach((name, count) -> errors.merge(name, count, Long::sum));
        for (int i = 0; i < byCommand.length; i++) {
            CommandStats theirs = other.byCommand[i];
            if (theirs != null) {
                CommandStats ours = byCommand[i];
                if (ours == null) {
                    ours = new CommandStats();
                    byCommand[i] = ours;
                }
                ours.add(theirs);
            }
        }
    }
}
