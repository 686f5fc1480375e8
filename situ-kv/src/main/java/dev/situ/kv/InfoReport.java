package dev.situ.kv;

import dev.situ.store.Store;
import dev.situ.store.StoreStatistics;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// The text of `INFO`: sections of `name:value` lines, with the names that clients and exporters look for.
final class InfoReport {
    private static final Map<String, Consumer<InfoReport>> SECTIONS = sections();
    private static final Set<String> ALL = Set.of("default", "all", "everything");

    private final Keyspace keyspace;
    private final ServerInfo info;
    private final StringBuilder text = new StringBuilder();
    private final Set<String> added = new HashSet<>();

    InfoReport(Keyspace keyspace) {
        this.keyspace = keyspace;
        this.info = keyspace.info();
    }

    private static Map<String, Consumer<InfoReport>> sections() {
        Map<String, Consumer<InfoReport>> sections = new LinkedHashMap<>();
        sections.put("Server", InfoReport::server);
        sections.put("Clients", InfoReport::clients);
        sections.put("Memory", InfoReport::memory);
        sections.put("Persistence", report -> report.line("loading", 0));
        sections.put("Stats", InfoReport::stats);
        sections.put("Replication", InfoReport::replication);
        sections.put("Cluster", report -> report.line("cluster_enabled", 0));
        sections.put("Keyspace", InfoReport::keys);
        return sections;
    }

    void addDefault() {
        SECTIONS.keySet().forEach(this::addSection);
    }

    /// Adds the section of that name, in lower case, or all; nothing if there is none of that name.
    void add(String name) {
        for (String section : SECTIONS.keySet()) {
            if (ALL.contains(name) || section.toLowerCase(Locale.ROOT).equals(name)) {
                addSection(section);
            }
        }
    }

    String text() {
        return text.toString();
    }

    private void addSection(String section) {
        Consumer<InfoReport> writer = SECTIONS.get(section);
        if (writer == null || !added.add(section)) {
            return;
        }
        if (!text.isEmpty()) {
            text.append("\r\n");
        }
        text.append("# ").append(section).append("\r\n");
        writer.accept(this);
    }

    private void server() {
        line("redis_version", Keyspace.REDIS_VERSION);
        line("redis_mode", "standalone");
        line("situ_version", info.version());
        line(
                "os",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"));
        line("arch_bits", 64);
        line("java_version", Runtime.version().toString());
        line("process_id", ProcessHandle.current().pid());
        line("tcp_port", info.tcpPort());
        line("server_time_usec", System.currentTimeMillis() * 1000);
        line("uptime_in_seconds", info.uptimeSeconds());
        line("uptime_in_days", info.uptimeSeconds() / 86_400);
        line("io_threads_active", info.workers());
    }

    private void clients() {
        line("connected_clients", info.connectedClients());
        line("maxclients", info.maxClients());
        line("blocked_clients", 0);
    }

    private void memory() {
        StoreStatistics store = keyspace.store().statistics();
        line("used_memory", store.allocatedBytes());
        line("used_memory_human", human(store.allocatedBytes()));
        line("used_memory_dataset", store.usedBytes());
        line("used_memory_overhead", store.allocatedBytes() - store.usedBytes());
        line("mem_fragmentation_ratio", fragmentation(store));
        line("limbo_bytes", store.limboBytes());
        line("oldest_epoch", store.oldestEpoch());
        line("pinned_records", store.pinnedRecords());
        line("adopted_keys", store.adoptedKeys());
        line("adopted_bytes", store.adoptedBytes());
        line("relocated_records", store.relocated());
        line("maxmemory", info.maxMemoryBytes());
        line("maxmemory_human", human(info.maxMemoryBytes()));
        line("maxmemory_policy", info.settings().getOrDefault("maxmemory-policy", "noeviction"));
        line("situ_index_bytes", store.indexBytes());
        line("situ_limbo_records", store.limboRecords());
        line("situ_limbo_bytes", store.limboBytes());
        line("situ_claimed_records", store.claimedRecords());
    }

    private void stats() {
        Counters totals = keyspace.totals();
        line("total_connections_received", info.connectionsReceived());
        line("total_commands_processed", totals.commands);
        StoreStatistics store = keyspace.store().statistics();
        line("expired_keys", store.expired());
        line("evicted_keys", store.evicted());
        line("keyspace_hits", totals.hits);
        line("keyspace_misses", totals.misses);
    }

    private void replication() {
        line("role", "master");
        line("connected_slaves", 0);
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

    /// Bytes of pages for each byte of records and index.
    private static String fragmentation(StoreStatistics store) {
        double needed = store.usedBytes() + store.indexBytes();
        return String.format(Locale.ROOT, "%.2f", store.allocatedBytes() / needed);
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
