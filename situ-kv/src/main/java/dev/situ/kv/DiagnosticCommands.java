package dev.situ.kv;

import static dev.situ.kv.CommandFlag.ADMIN;
import static dev.situ.kv.CommandFlag.LOADING;
import static dev.situ.kv.CommandFlag.NOSCRIPT;
import static dev.situ.kv.CommandFlag.STALE;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What was slow: `SLOWLOG` (single commands) and `LATENCY` (all commands as histograms, late ones as events).
final class DiagnosticCommands {
    private static final String NONDETERMINISTIC = "nondeterministic_output";
    private static final String ALL_NODES = "request_policy:all_nodes";
    private static final long USUAL_ENTRIES = 10;
    /// Bounds of `LATENCY HISTOGRAM` double from one microsecond; each is the end of a bucket of [Histogram].
    private static final long FIRST_BOUND_NANOS = 1032;

    private DiagnosticCommands() {}

    static List<CommandSpec.Builder> declarations() {
        return List.of(slowLog(), latency());
    }

    private static CommandSpec.Builder slowLog() {
        return CommandSpec.command("slowlog", -2)
                .docs("server", "2.2.12", "A container for slow log commands")
                .complexity("Depends on subcommand.")
                .subcommands(
                        slowLog("get", -2, "Tell the newest entries of the slow log")
                                .tips(ALL_NODES, NONDETERMINISTIC)
                                .complexity("O(N) where N is the number of entries returned")
                                .arguments("[count:int]")
                                .body(DiagnosticCommands::slowLogGet),
                        slowLog("len", 2, "Tell how many entries the slow log has")
                                .tips(ALL_NODES, "response_policy:agg_sum", NONDETERMINISTIC)
                                .body(call -> call.reply()
                                        .integer(call.keyspace.slowLog().size())),
                        slowLog("reset", 2, "Forget all entries of the slow log")
                                .tips(ALL_NODES, "response_policy:all_succeeded")
                                .complexity("O(N) where N is the number of entries in the slowlog")
                                .body(DiagnosticCommands::slowLogReset),
                        HelpSubcommand.declaration(
                                "server",
                                "GET [<count>]",
                                "    Return top <count> entries from the slowlog (default: 10, -1 mean all).",
                                "    Entries are made of:",
                                "    id, timestamp, time in microseconds, arguments array, client IP and port,",
                                "    client name",
                                "LEN",
                                "    Return the length of the slowlog.",
                                "RESET",
                                "    Reset the slowlog."));
    }

    private static CommandSpec.Builder slowLog(String name, int arity, String summary) {
        return CommandSpec.command(name, arity).flags(ADMIN, LOADING, STALE).docs("server", "2.2.12", summary);
    }

    private static CommandSpec.Builder latency() {
        return CommandSpec.command("latency", -2)
                .docs("server", "2.8.13", "A container for latency diagnostics commands")
                .complexity("Depends on subcommand.")
                .subcommands(
                        latency("histogram", -2, "7.0.0", "Tell how long commands took, as histograms")
                                .complexity(
                                        "O(N) where N is the number of commands with latency information being retrieved.")
                                .arguments("[command...]")
                                .body(DiagnosticCommands::histogram),
                        latency("graph", 3, "2.8.13", "Draw the samples of a kind of event")
                                .arguments("event")
                                .body(DiagnosticCommands::graph),
                        latency("doctor", 2, "2.8.13", "Tell what may be slow, and what helps")
                                .body(call -> call.reply().verbatim(LatencyReport.of(call.keyspace.latencyEvents()))),
                        latency("latest", 2, "2.8.13", "Tell the newest sample of each kind of event")
                                .body(DiagnosticCommands::latest),
                        latency("history", 3, "2.8.13", "Tell the samples of a kind of event")
                                .arguments("event")
                                .body(DiagnosticCommands::history),
                        CommandSpec.command("reset", -2)
                                .flags(ADMIN, NOSCRIPT, LOADING, STALE)
                                .tips(ALL_NODES, "response_policy:all_succeeded")
                                .docs("server", "2.8.13", "Forget the samples of kinds of events, or of all")
                                .arguments("[event...]")
                                .body(DiagnosticCommands::reset),
                        HelpSubcommand.declaration(
                                "server",
                                "DOCTOR",
                                "    Return a human readable latency analysis report.",
                                "GRAPH <event>",
                                "    Return an ASCII latency graph for the <event> class.",
                                "HISTORY <event>",
                                "    Return time-latency samples for the <event> class.",
                                "LATEST",
                                "    Return the latest latency samples for all events.",
                                "RESET [<event> ...]",
                                "    Reset latency data of one or more <event> classes.",
                                "    (default: reset all data for all event classes)",
                                "HISTOGRAM [COMMAND ...]",
                                "    Return a cumulative distribution of latencies in the format of a histogram for"
                                        + " the specified command names.",
                                "    If no commands are specified then all histograms are replied."));
    }

    private static CommandSpec.Builder latency(String name, int arity, String since, String summary) {
        return CommandSpec.command(name, arity)
                .flags(ADMIN, NOSCRIPT, LOADING, STALE)
                .tips(NONDETERMINISTIC, ALL_NODES, "response_policy:special")
                .docs("server", since, summary);
    }

    // ---- slow log -------------------------------------------------------------------------------------------------

    private static void slowLogGet(Call call) {
        if (call.count() > 3) {
            call.error(Errors.unknownSubcommand(call));
            return;
        }
        long most = USUAL_ENTRIES;
        if (call.has(2)) {
            if (!call.isNumber(2) || call.number(2) < -1) {
                call.error("ERR count should be greater than or equal to -1");
                return;
            }
            most = call.number(2) == -1 ? Long.MAX_VALUE : call.number(2);
        }
        Reply reply = call.reply();
        List<SlowLog.Entry> entries = call.keyspace.slowLog().newest(most);
        reply.array(entries.size());
        for (SlowLog.Entry entry : entries) {
            reply.array(6);
            reply.integer(entry.id());
            reply.integer(entry.seconds());
            reply.integer(entry.micros());
            reply.array(entry.arguments().size());
            entry.arguments().forEach(reply::bulk);
            reply.bulk(entry.address());
            reply.bulk(entry.clientName());
        }
    }

    private static void slowLogReset(Call call) {
        call.keyspace.slowLog().clear();
        call.reply().ok();
    }

    // ---- latency --------------------------------------------------------------------------------------------------

    private static void histogram(Call call) {
        Counters totals = call.keyspace.totals();
        Map<CommandSpec, CommandStats> wanted = new LinkedHashMap<>();
        if (!call.has(2)) {
            call.keyspace.commands().forEach(spec -> add(wanted, totals, spec));
        }
        for (int i = 2; i < call.count(); i++) {
            CommandSpec spec = call.keyspace.commands().find(call.text(i));
            if (spec != null) {
                add(wanted, totals, spec);
                if (spec.subcommands != null) {
                    spec.subcommands.forEach(subcommand -> add(wanted, totals, subcommand));
                }
            }
        }
        Reply reply = call.reply();
        reply.map(wanted.size());
        wanted.forEach((spec, stats) -> {
            reply.bulk(spec.fullName);
            write(reply, stats.times);
        });
    }

    private static void add(Map<CommandSpec, CommandStats> wanted, Counters totals, CommandSpec spec) {
        CommandStats stats = totals.find(spec);
        if (stats != null && stats.times.total() > 0) {
            wanted.put(spec, stats);
        }
    }

    private static void write(Reply reply, Histogram times) {
        List<Long> bounds = new ArrayList<>();
        long before = 0;
        long total = times.total();
        for (long end = FIRST_BOUND_NANOS; before < total; end *= 2) {
            long bound = Math.min(end - 1, Histogram.LAST_NANOS);
            long count = times.upTo(bound);
            if (count > before) {
                bounds.add(bound / 1000);
                bounds.add(count);
            }
            before = count;
        }
        reply.map(2);
        reply.bulk("calls");
        reply.integer(total);
        reply.bulk("histogram_usec");
        reply.map(bounds.size() / 2);
        bounds.forEach(reply::integer);
    }

    private static void latest(Call call) {
        Map<String, LatencyEvents.History> all = call.keyspace.latencyEvents().all();
        Reply reply = call.reply();
        reply.array(all.size());
        all.forEach((event, history) -> {
            LatencyEvents.Sample last = history.samples().getLast();
            reply.array(4);
            reply.bulk(event);
            reply.integer(last.seconds());
            reply.integer(last.millis());
            reply.integer(history.maxMillis());
        });
    }

    private static void graph(Call call) {
        String event = call.text(2);
        LatencyEvents.History history = call.keyspace.latencyEvents().all().get(event);
        if (history == null || history.samples().isEmpty()) {
            call.error("ERR No samples available for event '" + call.shown(2, Integer.MAX_VALUE) + "'");
        } else {
            call.reply().verbatim(LatencyReport.graph(event, history, Timekeeping.micros() / 1_000_000));
        }
    }

    private static void history(Call call) {
        LatencyEvents.History history = call.keyspace.latencyEvents().all().get(call.text(2));
        List<LatencyEvents.Sample> samples = history == null ? List.of() : history.samples();
        Reply reply = call.reply();
        reply.array(samples.size());
        for (LatencyEvents.Sample sample : samples) {
            reply.array(2);
            reply.integer(sample.seconds());
            reply.integer(sample.millis());
        }
    }

    private static void reset(Call call) {
        LatencyEvents events = call.keyspace.latencyEvents();
        List<String> names = new ArrayList<>();
        for (int i = 2; i < call.count(); i++) {
            names.add(call.text(i));
        }
        if (names.isEmpty()) {
            names.addAll(events.all().keySet());
        }
        int cleared = 0;
        for (String name : names) {
            cleared += events.clear(name) ? 1 : 0;
        }
        call.reply().integer(cleared);
    }
}
