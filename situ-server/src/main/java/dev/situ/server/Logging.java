package dev.situ.server;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.logging.LogManager;

/// Sets up the JDK's logging: one line a record on stderr, `2026-11-23 16:20:01.123 INFO  dev.situ.tcp: text`.
final class Logging {
    private static final String CONFIGURATION = """
            handlers = java.util.logging.ConsoleHandler
            java.util.logging.ConsoleHandler.level = ALL
            java.util.logging.SimpleFormatter.format = %1$tF %1$tT.%1$tL %4$-7s %3$s: %5$s%6$s%n
            .level = INFO
            io.netty.level = WARNING
            """;

    private Logging() {}

    static void configure() {
        try {
            LogManager.getLogManager()
                    .readConfiguration(new ByteArrayInputStream(CONFIGURATION.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot fail to be read", e);
        }
    }
}
