package dev.situ.bench;

import dev.situ.bench.allocation.AllocationExperiment;
import dev.situ.bench.dpdk.DpdkEchoTask;
import dev.situ.bench.dpdk.DpdkExperiment;
import dev.situ.bench.dpdk.DpdkGapTask;
import dev.situ.bench.dpdk.DpdkLoadTask;
import dev.situ.bench.dpdk.DpdkRequestsTask;
import dev.situ.bench.dpdk.DpdkSizesTask;
import dev.situ.bench.frame.ChildTask;
import dev.situ.bench.frame.Experiment;
import dev.situ.bench.isolation.IsolationExperiment;
import dev.situ.bench.isolation.IsolationTask;
import dev.situ.bench.loss.LossExperiment;
import dev.situ.bench.loss.LossTask;
import dev.situ.bench.map.MapExperiment;
import dev.situ.bench.map.MapTask;
import dev.situ.bench.memory.MemoryExperiment;
import dev.situ.bench.net.NetExperiment;
import dev.situ.bench.net.NetTask;
import dev.situ.bench.r2p2.ClientTask;
import dev.situ.bench.r2p2.DatagramTask;
import dev.situ.bench.r2p2.EchoTask;
import dev.situ.bench.r2p2.LargeTask;
import dev.situ.bench.r2p2.R2p2Experiment;
import dev.situ.bench.size.SizeExperiment;
import dev.situ.bench.size.SizeTask;
import dev.situ.bench.store.GrowthTask;
import dev.situ.bench.store.StoreExperiment;
import dev.situ.bench.store.StoreTask;
import dev.situ.bench.tcp.BatchTask;
import dev.situ.bench.tcp.TcpExperiment;
import java.util.Iterator;
import java.util.List;

/// All experiments, in the order of the report. A new one is added here, and nowhere else.
final class Experiments {
    static final List<Experiment> ALL = List.of(
            new MapExperiment(),
            new StoreExperiment(),
            new TcpExperiment(),
            new R2p2Experiment(),
            new NetExperiment(),
            new LossExperiment(),
            new IsolationExperiment(),
            new DpdkExperiment(),
            new SizeExperiment(),
            new MemoryExperiment(),
            new AllocationExperiment());

    private Experiments() {}

    /// What a child JVM measures.
    static ChildTask.Maker task(String name) {
        return switch (name) {
            case MapTask.NAME -> MapTask::new;
            case StoreTask.NAME -> StoreTask::new;
            case GrowthTask.NAME -> GrowthTask::new;
            case ClientTask.NAME -> ClientTask::new;
            case DatagramTask.NAME -> DatagramTask::new;
            case EchoTask.NAME -> EchoTask::new;
            case LargeTask.NAME -> LargeTask::new;
            case DpdkEchoTask.NAME -> DpdkEchoTask::new;
            case DpdkGapTask.NAME -> DpdkGapTask::new;
            case DpdkLoadTask.NAME -> DpdkLoadTask::new;
            case DpdkRequestsTask.NAME -> DpdkRequestsTask::new;
            case DpdkSizesTask.NAME -> DpdkSizesTask::new;
            case BatchTask.NAME -> BatchTask::new;
            case NetTask.NAME -> NetTask::new;
            case LossTask.NAME -> LossTask::new;
            case IsolationTask.NAME -> IsolationTask::new;
            case SizeTask.NAME -> SizeTask::new;
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
