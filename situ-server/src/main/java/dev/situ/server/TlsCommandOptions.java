package dev.situ.server;

import dev.situ.tcp.TlsOptions;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of `situ serve` on TLS, with the names of redis.conf.
final class TlsCommandOptions {
    private static final List<String> VERSIONS = List.of("TLSv1.2", "TLSv1.3");

    @Option(
            names = "--tls-port",
            paramLabel = "<port>",
            defaultValue = "-1",
            description = "TCP port for RESP with TLS; 0 takes a free one, -1 turns TLS off.")
    private int port;

    @Option(
            names = "--tls-cert-file",
            paramLabel = "<file>",
            description = "With --tls-port: the server's certificate and those that lead to its authority, in PEM.")
    private @Nullable Path certificate;

    @Option(
            names = "--tls-key-file",
            paramLabel = "<file>",
            description = "With --tls-port: the key of the certificate, in PEM (PKCS#8).")
    private @Nullable Path key;

    @Option(
            names = "--tls-key-file-pass",
            paramLabel = "<password>",
            defaultValue = "",
            description = "With --tls-port: what the key is encrypted with; better given in a configuration file.")
    @SuppressWarnings("NullAway.Init")
    private String keyPassword;

    @Option(
            names = "--tls-ca-cert-file",
            paramLabel = "<file>",
            description = "With --tls-port: the authorities of clients' certificates, in PEM.")
    private @Nullable Path authorities;

    @Option(
            names = "--tls-auth-clients",
            paramLabel = "<which>",
            defaultValue = "yes",
            description = "With --tls-port: whether clients must show a certificate: ${COMPLETION-CANDIDATES}.")
    @SuppressWarnings("NullAway.Init")
    private Clients clients;

    @Option(
            names = "--tls-protocols",
            paramLabel = "<versions>",
            defaultValue = "",
            description = "With --tls-port: the versions that are spoken, for instance \"TLSv1.2 TLSv1.3\".")
    @SuppressWarnings("NullAway.Init")
    private String protocols;

    /// Which clients must show a certificate.
    enum Clients {
        yes(TlsOptions.Clients.CERTIFIED),
        no(TlsOptions.Clients.ANY),
        optional(TlsOptions.Clients.CERTIFIED_OR_NONE);

        private final TlsOptions.Clients which;

        Clients(TlsOptions.Clients which) {
            this.which = which;
        }
    }

    /// How `tls-auth-clients` says it.
    static String word(@Nullable TlsOptions tls) {
        for (Clients word : Clients.values()) {
            if (tls != null && tls.clients() == word.which) {
                return word.name();
            }
        }
        return Clients.yes.name();
    }

    /// What they say, or null if TLS is off.
    ///
    /// @throws UserError if one is missing, or is nothing
    @Nullable
    TlsOptions options() {
        if (port == ServerOptions.OFF) {
            return null;
        }
        if (certificate == null || key == null) {
            throw new UserError("--tls-port needs --tls-cert-file and --tls-key-file");
        }
        if (clients != Clients.no && authorities == null) {
            throw new UserError("--tls-port needs --tls-ca-cert-file, or --tls-auth-clients no");
        }
        List<String> versions =
                protocols.isBlank() ? List.of() : List.of(protocols.strip().split("[\\s,]+", -1));
        for (String version : versions) {
            if (!VERSIONS.contains(version)) { // Java has the older ones switched off
                throw new UserError("--tls-protocols: '" + version + "' is none of " + String.join(", ", VERSIONS));
            }
        }
        try {
            return new TlsOptions(port, certificate, key, keyPassword, authorities, clients.which, versions);
        } catch (IllegalArgumentException e) {
            throw new UserError("--tls-port: " + e.getMessage(), e);
        }
    }
}
