package dev.situ.kv;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// The newest entries of a log, a bounded number of them. Safe for all threads; who does several things at once with
/// it holds its lock meanwhile.
///
/// @param <E> the entries
class NewestEntries<E> {
    /// Those that there are; guarded by this.
    final Deque<E> newestFirst = new ArrayDeque<>();

    private long mostEntries = 128;

    synchronized void add(E entry) {
        newestFirst.addFirst(entry);
        trim();
    }

    /// The newest, at most so many.
    synchronized List<E> newest(long most) {
        return newestFirst.stream().limit(Math.max(0, most)).toList();
    }

    synchronized int size() {
        return newestFirst.size();
    }

    synchronized void clear() {
        newestFirst.clear();
    }

    synchronized long mostEntries() {
        return mostEntries;
    }

    synchronized void setMostEntries(long most) {
        mostEntries = most;
        trim();
    }

    private void trim() {
        while (newestFirst.size() > mostEntries) {
            newestFirst.removeLast();
        }
    }
}
