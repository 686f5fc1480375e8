package dev.situ.kv;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The parameters that `situ-kv` itself has, and those of Redis that are always so here and that tools ask for.
final class KeyspaceSettings {
    private static final long MAX_BULK_BYTES = 512L << 20;

    private KeyspaceSettings() {}

    static void declare(Keyspace keyspace) {
        Settings settings = keyspace.settings();
        always(settings, "save", "");
        always(settings, "appendonly", "no");
        always(settings, "databases", "16");
        always(settings, "cluster-enabled", "no");
        always(settings, "proto-max-bulk-len", Long.toString(MAX_BULK_BYTES));
        settings.declare(Setting.memory(
                "client-query-buffer-limit",
                1 << 20,
                HeldInput.MAX_BYTES,
                keyspace::mostHeldBytes,
                bytes -> keyspace.setMostHeldBytes((int) bytes)));
        settings.declare(
                Setting.fixed("maxmemory", () -> Long.toString(keyspace.info().maxMemoryBytes())));
        settings.declare(Setting.fixed(
                "maxmemory-policy", () -> keyspace.store().policy().redisName()));
        settings.declare(
                Setting.fixed("maxclients", () -> Long.toString(keyspace.info().maxClients())));
        settings.declare(
                Setting.fixed("port", () -> Integer.toString(keyspace.info().tcpPort())));
        settings.declare(Setting.number(
                "timeout",
                0,
                Integer.MAX_VALUE,
                keyspace::timeoutSeconds,
                seconds -> keyspace.setTimeoutSeconds((int) seconds)));
        SlowLog slowLog = keyspace.slowLog();
        settings.declare(Setting.number(
                "slowlog-log-slower-than", -1, Long.MAX_VALUE, slowLog::thresholdMicros, slowLog::setThresholdMicros));
        settings.declare(
                Setting.number("slowlog-max-len", 0, Long.MAX_VALUE, slowLog::mostEntries, slowLog::setMostEntries));
        settings.declare(Setting.number(
                "latency-monitor-threshold",
                0,
                Long.MAX_VALUE,
                keyspace.latencyEvents()::thresholdMillis,
                keyspace.latencyEvents()::setThresholdMillis));
        settings.declare(Setting.flag("latency-tracking", keyspace::tracksLatency, keyspace::setTracksLatency));
        settings.declare(Setting.text(
                "latency-tracking-info-percentiles",
                () -> keyspace.latencyPercentiles().stream()
                        .map(KeyspaceSettings::plain)
                        .collect(Collectors.joining(" ")),
                text -> setPercentiles(keyspace, text)));
        settings.declare(Setting.choice(
                        "enable-debug-command",
                        List.of("no", "yes", "local"),
                        keyspace::debugCommand,
                        keyspace::setDebugCommand)
                .atStartOnly());
        settings.declare(Setting.text(
                "notify-keyspace-events",
                () -> keyspace.changes().classes().toString(),
                keyspace.changes()::setClasses));
        settings.declare(Setting.number(
                "tracking-table-max-keys",
                0,
                Long.MAX_VALUE,
                keyspace.tracking()::mostKeys,
                keyspace.tracking()::setMostKeys));
        keyspace.info().settings().forEach((name, value) -> always(settings, name, value));
        OutputBounds bounds = keyspace.outputBounds();
        settings.declare(Setting.text("client-output-buffer-limit", bounds::text, bounds::set));
        ProtectedMode mode = keyspace.protectedMode();
        settings.declare(Setting.flag("protected-mode", mode::isOn, mode::set));
        declare(settings, keyspace.users());
    }

    private static void declare(Settings settings, Users users) {
        settings.declare(Setting.text("requirepass", users::requiredPassword, password -> {
            users.setRequiredPassword(password);
            return null;
        }));
        settings.declare(Setting.text("aclfile", users::file, path -> {
                    users.setFile(path);
                    return null;
                })
                .atStartOnly());
        settings.declare(Setting.choice(
                "acl-pubsub-default",
                List.of("allchannels", "resetchannels"),
                () -> users.everyChannel() ? "allchannels" : "resetchannels",
                word -> users.setEveryChannel(word.equals("allchannels"))));
        AclLog log = users.log();
        settings.declare(Setting.number("acllog-max-len", 0, Long.MAX_VALUE, log::mostEntries, log::setMostEntries));
    }

    private static void always(Settings settings, String name, String value) {
        settings.declare(Setting.fixed(name, () -> value));
    }

    /// A number without the zeros that say nothing: `99.9`, `50`.
    static String plain(double number) {
        String text = String.format(Locale.ROOT, "%.6f", number);
        return text.replaceFirst("\\.?0+\\z", "");
    }

    private static @Nullable String setPercentiles(Keyspace keyspace, String text) {
        List<Double> percentiles = new ArrayList<>();
        for (String word : text.isBlank() ? new String[0] : text.trim().split("\\s+", -1)) {
            double percentile;
            try {
                percentile = Double.parseDouble(word);
            } catch (NumberFormatException e) {
                return "Invalid latency-tracking-info-percentiles parameters";
            }
            if (!(percentile >= 0 && percentile <= 100)) {
                return "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]";
            }
            percentiles.add(percentile);
        }
        keyspace.setLatencyPercentiles(percentiles);
        return null;
    }
}
