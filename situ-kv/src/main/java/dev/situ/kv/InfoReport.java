package dev.situ.kv;

import dev.situ.store.Store;
import dev.situ.store.StoreStatistics;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// The text of `INFO`: sections of `name:value` lines, with the names that clients and exporters look for.
final class InfoReport {
    private static final Map<String, Consumer<InfoReport>> SECTIONS = sections();
    private static final Set<String> NOT_BY_DEFAULT = Set.of("Commandstats", "Latencystats");

    private final Keyspace keyspace;
    private final ServerInfo info;
    private final StringBuilder text = new StringBuilder();

    InfoReport(Keyspace keyspace) {
        this.keyspace = keyspace;
        this.info = keyspace.info();
    }

    private static Map<String, Consumer<InfoReport>> sections() {
        Map<String, Consumer<InfoReport>> sections = new LinkedHashMap<>();
        sections.put("Server", InfoReport::server);
        sections.put("Clients", InfoReport::clients);
        sections.put("Memory", InfoReport::memory);
        sections.put("Persistence", InfoReport::persistence);
        sections.put("Stats", InfoReport::stats);
        sections.put("Replication", InfoReport::replication);
        sections.put("CPU", InfoReport::processor);
        sections.put("Modules", _ -> {});
        sections.put("Commandstats", InfoReport::commands);
        sections.put("Errorstats", InfoReport::errors);
        sections.put("Latencystats", InfoReport::latencies);
        sections.put("Cluster", report -> report.line("cluster_enabled", 0));
        sections.put("Keyspace", InfoReport::keys);
        return sections;
    }

    /// Makes the report of some sections, each once, in the order of all: names in lower case, `default`, `all` or
    /// `everything`. What is none of these asks for nothing.
    static String of(Keyspace keyspace, Set<String> names) {
        InfoReport report = new InfoReport(keyspace);
        boolean all = names.contains("all") || names.contains("everything");
        boolean usual = names.isEmpty() || names.contains("default");
        SECTIONS.forEach((section, writer) -> {
            boolean wanted = names.contains(section.toLowerCase(Locale.ROOT))
                    || (all && (!section.equals("Modules") || names.contains("everything")))
                    || (usual && !NOT_BY_DEFAULT.contains(section));
            if (wanted) {
                report.add(section, writer);
            }
        });
        return report.text.toString();
    }

    private void add(String section, Consumer<InfoReport> writer) {
        if (!text.isEmpty()) {
            text.append("\r\n");
        }
        text.append("# ").append(section).append("\r\n");
        writer.accept(this);
    }

    private void server() {
        line("redis_version", Keyspace.REDIS_VERSION);
        line("redis_git_sha1", "00000000");
        line("redis_git_dirty", 0);
        line("redis_build_id", info.version());
        line("redis_mode", "standalone");
        line("situ_version", info.version());
        line(
                "os",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"));
        line("arch_bits", 64);
        line("java_version", Runtime.version().toString());
        line("process_id", ProcessHandle.current().pid());
        line("run_id", keyspace.runId());
        line("tcp_port", info.tcpPort());
        line("server_time_usec", Timekeeping.micros());
        line("uptime_in_seconds", info.uptimeSeconds());
        line("uptime_in_days", info.uptimeSeconds() / 86_400);
        line("executable", ProcessHandle.current().info().command().orElse(""));
        line("config_file", info.configFile());
        line("io_threads_active", info.workers());
    }

    private void clients() {
        line("connected_clients", info.connectedClients());
        line("cluster_connections", 0);
        line("maxclients", info.maxClients());
        line("blocked_clients", 0);
        line("tracking_clients", keyspace.tracking().clients());
        line("clients_in_timeout_table", 0);
    }

    private void memory() {
        StoreStatistics store = keyspace.store().statistics();
        long resident = ProcessFigures.residentBytes();
        long machine = ProcessFigures.machineBytes();
        long peak = keyspace.peakBytes(store.allocatedBytes());
        line("used_memory", store.allocatedBytes());
        line("used_memory_human", human(store.allocatedBytes()));
        line("used_memory_rss", resident);
        line("used_memory_rss_human", human(resident));
        line("used_memory_peak", peak);
        line("used_memory_peak_human", human(peak));
        line("used_memory_peak_perc", percent(store.allocatedBytes(), peak));
        line("used_memory_overhead", store.allocatedBytes() - store.usedBytes());
        line("used_memory_dataset", store.usedBytes());
        line("used_memory_dataset_perc", percent(store.usedBytes(), store.allocatedBytes()));
        line("total_system_memory", machine);
        line("total_system_memory_human", human(machine));
        line("maxmemory", info.maxMemoryBytes());
        line("maxmemory_human", human(info.maxMemoryBytes()));
        line("maxmemory_policy", keyspace.store().policy().redisName());
        line("mem_fragmentation_ratio", fragmentation(store));
        line("mem_clients_normal", keyspace.clients().bytes());
        line("mem_clients_slaves", 0);
        line("mem_aof_buffer", 0);
        line("mem_allocator", "situ");
        line("active_defrag_running", 0);
        line("limbo_bytes", store.limboBytes());
        line("oldest_epoch", store.oldestEpoch());
        line("pinned_records", store.pinnedRecords());
        line("adopted_keys", store.adoptedKeys());
        line("adopted_bytes", store.adoptedBytes());
        line("relocated_records", store.relocated());
        line("situ_index_bytes", store.indexBytes());
        line("situ_limbo_records", store.limboRecords());
        line("situ_limbo_bytes", store.limboBytes());
        line("situ_claimed_records", store.claimedRecords());
    }

    /// There is none: everything is as it is when nothing was ever saved or loaded.
    private void persistence() {
        line("loading", 0);
        line("async_loading", 0);
        line("rdb_changes_since_last_save", 0);
        line("rdb_bgsave_in_progress", 0);
        line("rdb_last_save_time", 0);
        line("rdb_last_bgsave_status", "ok");
        line("rdb_last_bgsave_time_sec", -1);
        line("rdb_current_bgsave_time_sec", -1);
        line("aof_enabled", 0);
        line("aof_rewrite_in_progress", 0);
        line("aof_rewrite_scheduled", 0);
        line("aof_last_rewrite_time_sec", -1);
        line("aof_current_rewrite_time_sec", -1);
        line("aof_last_bgrewrite_status", "ok");
        line("aof_last_write_status", "ok");
    }

    private void stats() {
        Counters totals = keyspace.totals();
        ServerTotals.Figures figures = keyspace.serverTotals().sinceReset();
        ServerTotals.Rates rates = keyspace.serverTotals().rates();
        line("total_connections_received", figures.connections());
        line("total_commands_processed", totals.commands);
        line("instantaneous_ops_per_sec", rates.commands());
        line("total_net_input_bytes", figures.bytesIn());
        line("total_net_output_bytes", figures.bytesOut());
        line("instantaneous_input_kbps", decimals(rates.kilobytesIn()));
        line("instantaneous_output_kbps", decimals(rates.kilobytesOut()));
        line("rejected_connections", figures.rejected());
        line("sync_full", 0);
        line("sync_partial_ok", 0);
        line("sync_partial_err", 0);
        line("expired_keys", figures.expired());
        line("evicted_keys", figures.evicted());
        line("evicted_clients", 0);
        line("keyspace_hits", totals.hits);
        line("keyspace_misses", totals.misses);
        line("pubsub_channels", keyspace.channels().channels().size());
        line("pubsub_patterns", keyspace.channels().patterns());
        line("latest_fork_usec", 0);
        line("tracking_total_keys", keyspace.tracking().keys());
        line("tracking_total_items", keyspace.tracking().items());
        line("tracking_total_prefixes", keyspace.tracking().prefixes());
        line(
                "total_error_replies",
                totals.errors.values().stream().mapToLong(Long::longValue).sum());
        line(
                "client_output_buffer_limit_disconnections",
                keyspace.outputBounds().closed());
    }

    private void replication() {
        line("role", "master");
        line("connected_slaves", 0);
        line("master_failover_state", "no-failover");
        line("master_replid", keyspace.runId());
        line("master_replid2", "0".repeat(keyspace.runId().length()));
        line("master_repl_offset", 0);
        line("second_repl_offset", -1);
        line("repl_backlog_active", 0);
        line("repl_backlog_size", 0);
        line("repl_backlog_first_byte_offset", 0);
        line("repl_backlog_histlen", 0);
    }

    private void processor() {
        ProcessFigures figures = new ProcessFigures();
        line("used_cpu_sys", seconds(figures.systemSeconds()));
        line("used_cpu_user", seconds(figures.userSeconds()));
        line("used_cpu_sys_children", seconds(figures.childrenSystemSeconds()));
        line("used_cpu_user_children", seconds(figures.childrenUserSeconds()));
    }

    private void commands() {
        Counters totals = keyspace.totals();
        keyspace.commands().forEach(spec -> {
            CommandStats stats = totals.find(spec);
            if (stats != null) {
                long micros = stats.nanos / 1000;
                line(
                        "cmdstat_" + spec.fullName,
                        "calls=" + stats.calls + ",usec=" + micros + ",usec_per_call="
                                + decimals(stats.calls == 0 ? 0 : stats.nanos / 1000.0 / stats.calls)
                                + ",rejected_calls=" + stats.rejected + ",failed_calls=" + stats.failed);
            }
        });
    }

    private void errors() {
        keyspace.totals().errors.forEach((name, count) -> line("errorstat_" + name, "count=" + count));
    }

    private void latencies() {
        Counters totals = keyspace.totals();
        keyspace.commands().forEach(spec -> {
            CommandStats stats = totals.find(spec);
            if (stats != null && stats.times.total() > 0) {
                line(
                        "latency_percentiles_usec_" + spec.fullName,
                        keyspace.latencyPercentiles().stream()
                                .map(percent -> "p" + KeyspaceSettings.plain(percent) + "="
                                        + String.format(Locale.ROOT, "%.3f", stats.times.percentile(percent) / 1000.0))
                                .collect(Collectors.joining(",")));
            }
        });
    }

    private void keys() {
        Store store = keyspace.store();
        for (int i = 0; i < Store.DATABASES; i++) {
            int place = keyspace.databases().place(i);
            long keys = store.size(place);
            if (keys > 0) {
                line("db" + i, "keys=" + keys + ",expires=" + store.volatileKeys(place) + ",avg_ttl=0");
            }
        }
    }

    private void line(String name, long value) {
        line(name, Long.toString(value));
    }

    private void line(String name, String value) {
        text.append(name).append(':').append(value).append("\r\n");
    }

    private static String decimals(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static String seconds(double value) {
        return String.format(Locale.ROOT, "%.6f", value);
    }

    private static String percent(long part, long whole) {
        return decimals(whole == 0 ? 0 : 100.0 * part / whole) + "%";
    }

    /// Bytes of pages for each byte of records and index.
    private static String fragmentation(StoreStatistics store) {
        double needed = store.usedBytes() + store.indexBytes();
        return decimals(store.allocatedBytes() / needed);
    }

    /// Bytes as Redis shows them to people: `1.23M`.
    private static String human(long bytes) {
        if (bytes < 1024) {
            return bytes + "B";
        }
        double shown = bytes;
        int unit = -1;
        while (shown >= 1024 && unit < 4) {
            shown /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.2f%c", shown, "KMGTP".charAt(unit));
    }
}
