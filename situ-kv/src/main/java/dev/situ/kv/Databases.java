package dev.situ.kv;

import dev.situ.store.Store;
import java.util.concurrent.atomic.AtomicIntegerArray;

/// Where in the store each database is that clients name by a number: in that of the same number, until `SWAPDB`
/// exchanges two.
///
/// Changed only while no other worker runs anything, so it stays as it is for as long as a burst, or until the
/// burst runs something alone, for which it may have to wait. Safe for all threads.
final class Databases {
    private volatile int[] places = new int[Store.DATABASES];
    private final AtomicIntegerArray swaps = new AtomicIntegerArray(Store.DATABASES);

    Databases() {
        for (int i = 0; i < places.length; i++) {
            places[i] = i;
        }
    }

    /// Says whether there is a database of this number.
    static boolean isNumber(long number) {
        return number >= 0 && number < Store.DATABASES;
    }

    /// The number in the store of the database that clients call `number`.
    int place(int number) {
        return places[number];
    }

    /// The number by which clients call the database that is `place` in the store.
    int number(int place) {
        int[] all = places;
        int number = 0;
        while (all[number] != place) {
            number++;
        }
        return number;
    }

    /// How often another database has come into the place of this one.
    int swaps(int number) {
        return swaps.get(number);
    }

    /// Exchanges two databases. While the worker runs alone.
    void swap(int one, int other) {
        swaps.incrementAndGet(one);
        swaps.incrementAndGet(other);
        int[] swapped = places.clone();
        swapped[one] = places[other];
        swapped[other] = places[one];
        places = swapped;
    }
}
