package dev.situ.tcp;

import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.X509Certificate;
import java.util.List;

/// What a server proves to its clients who it is with: its certificate, those that lead to its authority, and
/// the key of the first.
///
/// @param key secret
/// @param chain the server's certificate first
record TlsIdentity(PrivateKey key, List<X509Certificate> chain) {
    private static final byte[] SAMPLE = new byte[32];

    TlsIdentity {
        chain = List.copyOf(chain);
    }

    /// Reads both files.
    ///
    /// @param certificate in PEM
    /// @param key in PEM (PKCS#8)
    /// @param password what the key is encrypted with, or empty
    /// @throws GeneralSecurityException if they are no certificate or no key
    static TlsIdentity read(Path certificate, Path key, String password) throws GeneralSecurityException, IOException {
        return new TlsIdentity(Pem.key(key, password), Pem.chain(certificate));
    }

    /// Says whether the key is that of the certificate: whether the one verifies what the other has signed.
    boolean belongsTogether() throws GeneralSecurityException {
        PublicKey certified = chain.getFirst().getPublicKey();
        String kind = certified.getAlgorithm();
        if (!kind.equals(key.getAlgorithm())) {
            return false;
        }
        return switch (kind) {
            case "RSA" -> verifies(certified, "SHA256withRSA");
            case "EC" -> verifies(certified, "SHA256withECDSA");
            default -> true; // another kind is left to the first handshake
        };
    }

    private boolean verifies(PublicKey certified, String algorithm) throws GeneralSecurityException {
        Signature signing = Signature.getInstance(algorithm);
        signing.initSign(key);
        signing.update(SAMPLE);
        Signature verifying = Signature.getInstance(algorithm);
        verifying.initVerify(certified);
        verifying.update(SAMPLE);
        try {
            return verifying.verify(signing.sign());
        } catch (SignatureException e) {
            return false; // it is not even one of such a key: of another length, on another curve
        }
    }

    /// Nothing of the key.
    @Override
    public String toString() {
        return "TlsIdentity[chain=" + chain.size() + " certificates]";
    }

    /// Netty's readers of PEM, which are for its subclasses.
    private abstract static class Pem extends SslContext {
        static PrivateKey key(Path file, String password) throws GeneralSecurityException, IOException {
            return toPrivateKey(file.toFile(), password.isEmpty() ? null : password);
        }

        static List<X509Certificate> chain(Path file) throws GeneralSecurityException {
            return List.of(toX509Certificates(file.toFile()));
        }
    }
}
