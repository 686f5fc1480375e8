package dev.situ.tcp;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a [TcpServer] serves RESP over TLS, on a port of its own.
///
/// @param port the port, or 0 for a free one
/// @param certificate a file in PEM: the server's certificate, then those that lead to its authority
/// @param key a file in PEM: the key of the certificate, in PKCS#8
/// @param keyPassword what the key is encrypted with, or empty
/// @param authorities a file in PEM: who may have signed the certificates of clients; null for the system's
/// @param clients which clients must show a certificate
/// @param protocols such as `TLSv1.3`; empty for those that Java thinks well of
public record TlsOptions(
        int port,
        Path certificate,
        Path key,
        String keyPassword,
        @Nullable Path authorities,
        Clients clients,
        List<String> protocols) {
    /// Java's switch against handshakes that a client repeats: one costs the server far more than the client. It is
    /// read once in a process, before the first handshake of a server.
    private static final String NO_RENEGOTIATION = "jdk.tls.rejectClientInitiatedRenegotiation";

    /// Which clients must show a certificate of the authorities.
    public enum Clients {
        /// All.
        CERTIFIED,
        /// None, and a certificate is not looked at.
        ANY,
        /// None, but a certificate that is shown must be good.
        CERTIFIED_OR_NONE
    }

    /// @throws IllegalArgumentException if the port is out of its range
    public TlsOptions {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is not between 0 and 65535");
        }
        protocols = List.copyOf(protocols);
    }

    /// All but the password.
    @Override
    public String toString() {
        return "TlsOptions[port=" + port + ", certificate=" + certificate + ", key=" + key + ", authorities="
                + authorities + ", clients=" + clients + ", protocols=" + protocols + "]";
    }

    /// Reads the files. Sets Java's property that lets no client begin another handshake, unless it is set.
    ///
    /// @throws IOException if that is not possible; the message is one line for users
    SslContext context() throws IOException {
        if (System.getProperty(NO_RENEGOTIATION) == null) {
            System.setProperty(NO_RENEGOTIATION, "true");
        }
        requireFile("the certificate", certificate);
        requireFile("the key", key);
        TlsIdentity identity = identity();
        SslContextBuilder builder = SslContextBuilder.forServer(identity.key(), identity.chain());
        builder.sslProvider(SslProvider.JDK)
                .clientAuth(
                        switch (clients) {
                            case CERTIFIED -> ClientAuth.REQUIRE;
                            case ANY -> ClientAuth.NONE;
                            case CERTIFIED_OR_NONE -> ClientAuth.OPTIONAL;
                        });
        if (!protocols.isEmpty()) {
            builder.protocols(protocols);
        }
        try {
            if (authorities != null) {
                requireFile("the file of authorities", authorities);
                builder.trustManager(authorities.toFile());
            }
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw new IOException("TLS: not usable" + reason(e), e);
        }
    }

    private TlsIdentity identity() throws IOException {
        TlsIdentity identity;
        boolean together;
        try {
            identity = TlsIdentity.read(certificate, key, keyPassword);
            together = identity.belongsTogether();
        } catch (GeneralSecurityException | IllegalArgumentException | IOException e) {
            throw new IOException(
                    "TLS: " + certificate + " and " + key + " are not a certificate and its key in PEM (PKCS#8)"
                            + reason(e),
                    e);
        }
        if (!together) {
            throw new IOException("TLS: the key " + key + " is not that of the certificate " + certificate);
        }
        return identity;
    }

    private static void requireFile(String what, Path file) throws IOException {
        if (!Files.isReadable(file)) {
            throw new IOException("TLS: " + what + " " + file + " cannot be read");
        }
    }

    private static String reason(Throwable e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return ": " + String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    }
}
