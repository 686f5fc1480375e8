package dev.situ.server;

import dev.situ.tcp.TlsOptions;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// An authority, a server's and a client's certificate by it, and one of a client by nobody: made by openssl for a
/// test.
final class Certificates {
    private static final char[] PASSWORD = "changeit".toCharArray();

    private final Path folder;

    private Certificates(Path folder) {
        this.folder = folder;
    }

    static Certificates in(Path folder) throws Exception {
        Requires.program("openssl", "openssl");
        Certificates made = new Certificates(folder);
        made.self("ca", "/CN=test authority");
        made.signed("server", "subjectAltName=DNS:localhost,IP:127.0.0.1");
        made.signed("client", "subjectAltName=DNS:client");
        made.self("stranger", "/CN=test authority"); // only in name
        made.run("pkcs8", "-topk8", "-in", "server.key", "-out", "server.locked.key", "-passout", "pass:sesame");
        return made;
    }

    private void self(String name, String subject) throws Exception {
        run(
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                "2",
                "-subj",
                subject,
                "-keyout",
                name + ".key",
                "-out",
                name + ".crt");
        export(name);
    }

    private void signed(String name, String extension) throws Exception {
        Files.writeString(folder.resolve(name + ".ext"), extension + "\n");
        run(
                "req",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-subj",
                "/CN=" + name,
                "-keyout",
                name + ".key",
                "-out",
                name + ".csr");
        run(
                "x509",
                "-req",
                "-in",
                name + ".csr",
                "-CA",
                "ca.crt",
                "-CAkey",
                "ca.key",
                "-CAcreateserial",
                "-days",
                "2",
                "-extfile",
                name + ".ext",
                "-out",
                name + ".crt");
        export(name);
    }

    /// Key and certificate in one file, as Java clients want them.
    private void export(String name) throws Exception {
        run(
                "pkcs12",
                "-export",
                "-inkey",
                name + ".key",
                "-in",
                name + ".crt",
                "-passout",
                "pass:" + new String(PASSWORD),
                "-out",
                name + ".p12");
    }

    private void run(String... arguments) throws Exception {
        Path log = folder.resolve("openssl.log");
        Process process = new ProcessBuilder(Stream.concat(Stream.of("openssl"), List.of(arguments).stream())
                        .toList())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new AssertionError("openssl " + String.join(" ", arguments) + ": " + Files.readString(log));
        }
    }

    /// A certificate that signs itself, with its key, of another kind than the others.
    void rsa(String name) throws Exception {
        run(
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=" + name,
                "-keyout",
                name + ".key",
                "-out",
                name + ".crt");
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    TlsOptions options(TlsOptions.Clients clients, String... protocols) {
        return new TlsOptions(
                0, file("server.crt"), file("server.key"), "", file("ca.crt"), clients, List.of(protocols));
    }

    /// What a Java client needs: it trusts the authority, and shows a certificate if one is named.
    SSLContext context(@Nullable String client) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, PASSWORD);
        try (InputStream in = Files.newInputStream(file("ca.crt"))) {
            trusted.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        if (client != null) {
            KeyStore own = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(file(client + ".p12"))) {
                own.load(in, PASSWORD);
            }
            keys.init(own, PASSWORD);
        }
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(client == null ? null : keys.getKeyManagers(), trust.getTrustManagers(), new SecureRandom());
        return context;
    }
}
