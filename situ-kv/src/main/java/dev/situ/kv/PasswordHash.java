package dev.situ.kv;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/// Passwords as they are kept: SHA-256, in 64 hexadecimal digits. For all threads.
final class PasswordHash {
    private static final int DIGITS = 64;

    private PasswordHash() {}

    /// The hash of a password of one char for each byte.
    static String of(String password) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(Text.bytes(password)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /// Says whether a text is a hash as Redis takes it: digits in lower case only.
    static boolean isValid(String hash) {
        return hash.length() == DIGITS && hash.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }

    /// Says whether a password is one of those kept. How long that takes does not tell how much of it is right.
    static boolean isOneOf(List<String> hashes, String password) {
        byte[] given = Text.bytes(of(password));
        boolean found = false;
        for (String hash : hashes) {
            found |= MessageDigest.isEqual(Text.bytes(hash), given);
        }
        return found;
    }
}
