package dev.situ.socket;

import dev.situ.memory.Checks;
import org.jspecify.annotations.Nullable;

/// Finds out, in checked mode, that two threads use a queue at once. A queue may be handed from one thread to
/// another between two polls; what must not happen is that somebody polls, sends or closes while another thread
/// polls.
final class Confinement {
    private volatile @Nullable Thread user;

    /// Notes that the calling thread polls from now on.
    ///
    /// @throws IllegalStateException if anyone polls already
    void enter() {
        if (Checks.ON) {
            if (user == Thread.currentThread()) {
                throw new IllegalStateException("a handler polls the queue that called it");
            }
            require("polled");
            user = Thread.currentThread();
        }
    }

    void leave() {
        if (Checks.ON) {
            user = null;
        }
    }

    /// Checks that no other thread polls.
    ///
    /// @throws IllegalStateException if one does
    void require(String what) {
        if (Checks.ON) {
            Thread current = user;
            if (current != null && current != Thread.currentThread()) {
                throw new IllegalStateException(
                        "queue " + what + " by " + Thread.currentThread() + " while " + current + " polls it");
            }
        }
    }

    /// Checks that nobody polls.
    ///
    /// @throws IllegalStateException if anyone does
    void requireIdle(String what) {
        if (Checks.ON) {
            Thread current = user;
            if (current != null) {
                throw new IllegalStateException("queue " + what + " while " + current + " polls it");
            }
        }
    }
}
