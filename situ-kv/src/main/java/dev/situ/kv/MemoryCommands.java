package dev.situ.kv;

import static dev.situ.kv.CommandFlag.READONLY;

import dev.situ.store.Record;
import dev.situ.store.SlabStatistics;
import dev.situ.store.StoreStatistics;
import java.util.List;
import java.util.Locale;

/// `MEMORY`: what keys and the store take.
final class MemoryCommands {
    private static final int KEY = 2;
    private static final long INDEX_BYTES_A_KEY = 16; // a slot of a table that is half full
    private static final long LITTLE_BYTES = 5 << 20;

    private MemoryCommands() {}

    static List<CommandSpec.Builder> declarations() {
        return List.of(CommandSpec.command("memory", -2)
                .docs("server", "4.0.0", "A container for memory diagnostics commands")
                .complexity("Depends on subcommand.")
                .subcommands(
                        CommandSpec.command("usage", -3)
                                .flags(READONLY)
                                .keys(KEY, KEY, 1, "RO")
                                .docs("server", "4.0.0", "Tell how much memory a key and its value take")
                                .arguments("key:key [count:int=SAMPLES]")
                                .body(MemoryCommands::usage),
                        memory("stats", "Tell how much memory is used for what", "response_policy:special")
                                .body(MemoryCommands::statistics),
                        memory("doctor", "Tell what may be wrong with memory", "response_policy:special")
                                .body(MemoryCommands::doctor),
                        memory("malloc-stats", "Tell how the store's memory is handed out", "response_policy:special")
                                .complexity("Depends on how much memory is allocated, could be slow")
                                .body(MemoryCommands::allocatorStatistics),
                        CommandSpec.command("purge", 2)
                                .tips("request_policy:all_shards", "response_policy:all_succeeded")
                                .docs("server", "4.0.0", "Does nothing: memory is given back as it becomes free")
                                .body(call -> call.reply().ok()),
                        HelpSubcommand.declaration(
                                "server",
                                "DOCTOR",
                                "    Return memory problems reports.",
                                "MALLOC-STATS",
                                "    Return internal statistics report from the memory allocator.",
                                "PURGE",
                                "    Attempt to purge dirty pages for reclamation by the allocator.",
                                "STATS",
                                "    Return information about the memory usage of the server.",
                                "USAGE <key> [SAMPLES <count>]",
                                "    Return memory in bytes used by <key> and its value. Nested values are",
                                "    sampled up to <count> times (default: 5, 0 means sample all).")));
    }

    private static CommandSpec.Builder memory(String name, String summary, String policy) {
        return CommandSpec.command(name, 2)
                .tips("nondeterministic_output", "request_policy:all_shards", policy)
                .docs("server", "4.0.0", summary);
    }

    private static void usage(Call call) {
        for (int i = KEY + 1; i < call.count(); i += 2) {
            if (!call.text(i).equalsIgnoreCase("samples") || !call.has(i + 1)) {
                call.error(Errors.SYNTAX);
                return;
            }
            if (!call.isNumber(i + 1)) {
                call.error(Errors.NOT_AN_INTEGER);
                return;
            }
            if (call.number(i + 1) < 0) {
                call.error(Errors.SYNTAX);
                return;
            }
        }
        long record = call.find(KEY);
        if (record == Record.NONE) {
            call.reply().nothing();
        } else {
            call.reply().integer(INDEX_BYTES_A_KEY + recordBytes(call, record));
        }
    }

    /// The header, the key, the value and its frame, wherever that lies.
    private static long recordBytes(Call call, long record) {
        long head = Record.keyOffset(call.region, record) - record + Record.keyLength(call.region, record);
        boolean framed = Record.frameHead(call.region, record) != 0;
        return head + (framed ? Record.framedLength(call.region, record) : Record.valueLength(call.region, record));
    }

    private static void statistics(Call call) {
        StoreStatistics store = call.store.statistics();
        long peak = call.keyspace.peakBytes(store.allocatedBytes());
        long overhead = store.allocatedBytes() - store.usedBytes();
        Reply reply = call.reply();
        reply.map(15);
        number(reply, "peak.allocated", peak);
        number(reply, "total.allocated", store.allocatedBytes());
        number(reply, "startup.allocated", 0);
        number(reply, "replication.backlog", 0);
        number(reply, "clients.slaves", 0);
        number(reply, "clients.normal", call.keyspace.clients().bytes());
        number(reply, "aof.buffer", 0);
        reply.bulk("db.0");
        reply.map(2);
        number(reply, "overhead.hashtable.main", store.indexBytes());
        number(reply, "overhead.hashtable.expires", 0);
        number(reply, "overhead.total", overhead);
        number(reply, "keys.count", store.keys());
        number(reply, "keys.bytes-per-key", store.keys() == 0 ? 0 : store.allocatedBytes() / store.keys());
        number(reply, "dataset.bytes", store.usedBytes());
        fraction(reply, "dataset.percentage", 100.0 * store.usedBytes(), (double) store.allocatedBytes());
        fraction(reply, "peak.percentage", 100.0 * store.allocatedBytes(), (double) peak);
        fraction(
                reply,
                "fragmentation",
                (double) store.allocatedBytes(),
                (double) store.usedBytes() + store.indexBytes());
    }

    private static void number(Reply reply, String name, long value) {
        reply.bulk(name);
        reply.integer(value);
    }

    private static void fraction(Reply reply, String name, double part, double whole) {
        reply.bulk(name);
        reply.fraction(whole == 0 ? 0 : part / whole);
    }

    /// The slabs of each size of cells, and what lies outside of them.
    private static void allocatorStatistics(Call call) {
        StringBuilder text = new StringBuilder("cell_bytes slabs slab_bytes used_cells free_percent\n");
        long inSlabs = 0;
        for (SlabStatistics slabs : call.store.slabStatistics()) {
            inSlabs += slabs.allocatedBytes();
            text.append(String.format(
                    Locale.ROOT,
                    "%d %d %d %d %.1f\n",
                    slabs.cellBytes(),
                    slabs.slabs(),
                    slabs.allocatedBytes(),
                    slabs.usedCells(),
                    100 * slabs.fragmentation()));
        }
        long allocated = call.store.statistics().allocatedBytes();
        text.append("slabs ").append(inSlabs).append(" bytes, runs of pages ");
        text.append(Math.max(0, allocated - inSlabs)).append(" bytes\n");
        call.reply().verbatim(text.toString());
    }

    private static void doctor(Call call) {
        StoreStatistics store = call.store.statistics();
        String report;
        if (store.usedBytes() < LITTLE_BYTES) {
            report = "There is too little in memory to say anything about it.\n";
        } else if (store.limitBytes() - store.allocatedBytes() < store.limitBytes() / 10) {
            report = "Nine tenths of maxmemory are in use: see maxmemory and maxmemory-policy.\n";
        } else if (store.allocatedBytes() > 2 * (store.usedBytes() + store.indexBytes())) {
            report = "Half of the memory in use is free space within pages: it is compacted as commands are run.\n";
        } else {
            report = "Nothing is wrong with memory.\n";
        }
        call.reply().verbatim(report);
    }
}
