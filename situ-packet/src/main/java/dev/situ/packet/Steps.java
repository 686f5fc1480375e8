package dev.situ.packet;

import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/// A pipeline under composition, as far as the header `H`. Each method adds a step; those that decide about the
/// packets end it. What is not ended does not compile, so every packet meets its fate.
///
/// A view that a function gets is *borrowed* for the call. Functions are called by the one thread that runs the
/// pipeline.
///
/// @param <H> the view of the innermost header that was parsed
public final class Steps<H> {
    private final Object[] headers;
    private final Step last;
    private boolean followed;

    Steps(Object[] headers, Step last) {
        this.headers = headers;
        this.last = last;
    }

    /// The end of a pipeline, or of a group.
    public static final class End {
        private static final End END = new End();

        private End() {}
    }

    private void add(Step step) {
        if (followed) {
            throw new IllegalStateException("steps are added one after the other; groupBy branches");
        }
        followed = true;
        last.follow(step);
    }

    /// Opens the next header. Packets without it are dropped.
    @SuppressWarnings("unchecked") // the arrays hold what the types of the steps say
    public <I> Steps<I> parse(Layer<? super H, ? extends I> layer) {
        Object[] inner = new Object[headers.length];
        Step step = StepCopies.make(ParseStep.class, headers, inner, (Layer<Object, Object>) layer);
        add(step);
        return new Steps<>(inner, step);
    }

    /// Drops the packets that `condition` does not hold for.
    @SuppressWarnings("unchecked")
    public Steps<H> filter(Predicate<? super H> condition) {
        Step step = StepCopies.make(FilterStep.class, headers, (Predicate<Object>) condition);
        add(step);
        return new Steps<>(headers, step);
    }

    /// Changes each packet through the header, or looks at it.
    @SuppressWarnings("unchecked")
    public Steps<H> map(Consumer<? super H> change) {
        Step step = StepCopies.make(MapStep.class, headers, (Consumer<Object>) change);
        add(step);
        return new Steps<>(headers, step);
    }

    /// Divides the packets: those that `groupOf` gives 0 take the steps of `groups[0]`, and so on. Those of a group
    /// that is not there are dropped.
    @SafeVarargs
    @SuppressWarnings("unchecked")
    public final End groupBy(ToIntFunction<? super H> groupOf, Function<Steps<H>, End>... groups) {
        Step[] heads = new Step[groups.length];
        for (int i = 0; i < groups.length; i++) {
            heads[i] = new FirstStep();
            Objects.requireNonNull(groups[i].apply(new Steps<>(headers, heads[i])));
        }
        add(StepCopies.make(GroupStep.class, headers, (ToIntFunction<Object>) groupOf, heads));
        return End.END;
    }

    /// Sends the packets.
    public End send() {
        return end(_ -> Fate.SEND);
    }

    /// Drops the packets.
    public End drop() {
        return end(_ -> Fate.DROP);
    }

    /// Gives the packets away: `owner` consumes the packet of each header it is called with.
    public End keep(Consumer<? super H> owner) {
        return end(header -> {
            owner.accept(header);
            return Fate.KEEP;
        });
    }

    /// Decides about each packet.
    @SuppressWarnings("unchecked")
    public End end(Decision<? super H> decision) {
        add(StepCopies.make(EndStep.class, headers, (Decision<Object>) decision));
        return End.END;
    }
}
