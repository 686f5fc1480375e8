package dev.situ.r2p2;

import java.security.SecureRandom;

/// A keyed hash of a few words that nobody can compute or invert without the key: SipHash-2-4 (Aumasson and
/// Bernstein, INDOCRYPT 2012), on whole 64-bit words. Immutable; any thread may use it.
final class SipHash {
    private static final int WORDS = 3;

    private final long k0;
    private final long k1;

    SipHash(long k0, long k1) {
        this.k0 = k0;
        this.k1 = k1;
    }

    /// A hash with a key that nobody knows.
    static SipHash random() {
        SecureRandom random = new SecureRandom();
        return new SipHash(random.nextLong(), random.nextLong());
    }

    /// The hash of two words.
    long hash(long a, long b) {
        long v0 = k0 ^ 0x736F6D6570736575L;
        long v1 = k1 ^ 0x646F72616E646F6DL;
        long v2 = k0 ^ 0x6C7967656E657261L;
        long v3 = k1 ^ 0x7465646279746573L;
        for (int i = 0; i <= WORDS; i++) {
            long m = switch (i) {
                case 0 -> a;
                case 1 -> b;
                case 2 -> 16L << 56; // the length in bytes
                default -> 0; // the end
            };
            v3 ^= m;
            v2 ^= i == WORDS ? 0xFF : 0;
            for (int round = i == WORDS ? -2 : 0; round < 2; round++) {
                v0 += v1;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v3;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 += v3;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 += v1;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v2 = Long.rotateLeft(v2, 32);
            }
            v0 ^= m;
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }
}
