package dev.situ.client;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Many threads push, one takes all there is at once, in the order of the pushes.
///
/// A stack of nodes that is swapped for an empty one and turned round: one compare-and-set to push, one exchange to
/// take any number. Pushing is lock-free, taking is wait-free.
final class SubmissionQueue {
    private final AtomicReference<@Nullable Submission> newest = new AtomicReference<>();

    /// Consumes `submission`. Any thread.
    void push(Submission submission) {
        Submission before;
        do {
            before = newest.get();
            submission.next = before;
        } while (!newest.compareAndSet(before, submission));
    }

    boolean isEmpty() {
        return newest.get() == null;
    }

    /// Takes all, the oldest first, linked by their `next`; null if there is none.
    @Nullable
    Submission takeAll() {
        Submission from = newest.get() == null ? null : newest.getAndSet(null);
        Submission oldest = null;
        while (from != null) {
            Submission after = from.next;
            from.next = oldest;
            oldest = from;
            from = after;
        }
        return oldest;
    }
}
