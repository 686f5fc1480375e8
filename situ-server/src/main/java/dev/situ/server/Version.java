package dev.situ.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/// `situ version`: what runs, on which JDK and system.
@Command(name = "version", description = "Print Situ's version, the JDK's and the system's.")
final class Version implements IVersionProvider, Runnable {
    /// Situ's own version, as the build wrote it.
    static final String SITU = read();

    private static String read() {
        try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
            if (in == null) {
                return "unknown";
            }
            Properties properties = new Properties();
            properties.load(in);
            return Objects.requireNonNullElse(properties.getProperty("version"), "unknown");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String[] getVersion() {
        return new String[] {
            "situ " + SITU,
            "JDK " + Runtime.version() + ", " + System.getProperty("java.vendor"),
            System.getProperty("os.name") + " " + System.getProperty("os.version") + " " + System.getProperty("os.arch")
        };
    }

    @Override
    public void run() {
        for (String line : getVersion()) {
            System.out.println(line);
        }
    }
}
