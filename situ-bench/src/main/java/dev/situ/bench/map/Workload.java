package dev.situ.bench.map;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/// What one thread asks for: a random order of as many GETs as PUTs, of keys that are all there, each as likely
/// as any other. The keys are the thread's own copies, equal to those in the map but not the same objects, as
/// those of a server are that made them from bytes.
final class Workload {
    private static final int KEY_LENGTH = 128;

    private final String[] keys;
    /// A key's number for a GET; its complement, which is negative, for a PUT.
    private final int[] operations;

    Workload(String[] all, int getsAndPuts, long seed) {
        keys = new String[all.length];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = new String(all[i].getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.ISO_8859_1);
        }
        operations = new int[2 * getsAndPuts];
        Random random = new Random(seed);
        for (int i = 0; i < operations.length; i++) {
            int key = random.nextInt(keys.length);
            operations[i] = i < getsAndPuts ? key : ~key;
        }
        for (int i = operations.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int swap = operations[i];
            operations[i] = operations[other];
            operations[other] = swap;
        }
    }

    /// Random keys of 128 letters.
    static String[] keys(int count) {
        Random random = new Random(1);
        String[] keys = new String[count];
        for (int i = 0; i < count; i++) {
            byte[] bytes = new byte[KEY_LENGTH];
            for (int j = 0; j < KEY_LENGTH; j++) {
                bytes[j] = (byte) ('a' + random.nextInt(26));
            }
            keys[i] = new String(bytes, StandardCharsets.ISO_8859_1);
        }
        return keys;
    }

    int size() {
        return operations.length;
    }

    boolean isGet(int operation) {
        return operations[operation] >= 0;
    }

    String key(int operation) {
        int key = operations[operation];
        return keys[key >= 0 ? key : ~key];
    }
}
