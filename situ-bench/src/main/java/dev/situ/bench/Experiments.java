package dev.situ.bench;

import dev.situ.bench.frame.ChildTask;
import dev.situ.bench.frame.Experiment;
import dev.situ.bench.map.MapExperiment;
import dev.situ.bench.map.MapTask;
import dev.situ.bench.memory.MemoryExperiment;
import dev.situ.bench.store.GrowthTask;
import dev.situ.bench.store.StoreExperiment;
import dev.situ.bench.store.StoreTask;
import java.util.Iterator;
import java.util.List;

/// All experiments, in the order of the report. A new one is added here, and nowhere else.
final class Experiments {
    static final List<Experiment> ALL = List.of(new MapExperiment(), new StoreExperiment(), new MemoryExperiment());

    private Experiments() {}

    /// What a child JVM measures.
    static ChildTask.Maker task(String name) {
        return switch (name) {
            case MapTask.NAME -> MapTask::new;
            case StoreTask.NAME -> StoreTask::new;
            case GrowthTask.NAME -> GrowthTask::new;
            default -> throw new IllegalArgumentException("no task " + name);
        };
    }

    /// The names, for the command line's help.
    static final class Names implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return ALL.stream().map(Experiment::name).iterator();
        }
    }
}
