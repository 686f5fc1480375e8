package dev.situ.bench.frame;

/// What a child JVM measures. Its maker sets everything up; [#measure] is called once for each round that the
/// child is used for, all on one thread.
public interface ChildTask extends AutoCloseable {
    /// Takes in the figures of a round.
    interface Sink {
        /// Takes one figure in.
        ///
        /// @param metric one word
        /// @param unit one word, or empty
        void add(String metric, String unit, double value);
    }

    /// Makes a task.
    interface Maker {
        /// Sets up what is to be measured.
        ChildTask make(Parameters parameters) throws Exception;
    }

    /// Warms up, measures, and says what it has found.
    void measure(Sink sink) throws Exception;

    @Override
    void close();
}
