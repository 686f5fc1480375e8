package dev.situ.udp;

import com.google.errorprone.annotations.Immutable;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/// State of each poller, for a handler that all pollers call: one object for each queue, made at the start, never
/// replaced.
///
/// ```java
/// PerQueue<Counter> counters = new PerQueue<>(stack.queues(), queue -> new Counter());
/// stack.bind(address, (burst, sender) -> counters.of(burst.queue()).add(burst.size()));
/// ```
///
/// The compiler takes it for immutable, so that a [UdpHandler] may keep it. That is right as long as each poller asks
/// for its own queue's state only, which it does with [UdpBurst#queue()]; everyone else who looks at a state needs a
/// reason why that is safe.
///
/// @param <T> the state; it may be confined to one thread
@Immutable
public final class PerQueue<T> {
    @SuppressWarnings("Immutable") // never changed, and element i is touched by the poller of queue i only
    private final T[] states;

    /// Makes the state of each queue, by `maker`, in the calling thread.
    @SuppressWarnings("unchecked") // nobody else sees the array
    public PerQueue(int queues, IntFunction<? extends T> maker) {
        states = (T[]) new Object[queues];
        for (int queue = 0; queue < queues; queue++) {
            states[queue] = maker.apply(queue);
        }
    }

    /// The state of one queue, for its poller.
    public T of(int queue) {
        return states[queue];
    }

    /// Runs `action` on each state, in order. For when polling has stopped, or what it does is safe meanwhile.
    public void forEach(Consumer<? super T> action) {
        for (T state : states) {
            action.accept(state);
        }
    }
}
