package dev.situ.bench.store;

/// One thread's way into the system that is measured. Each call does a burst of [Wire#BURST] operations.
interface Lane extends AutoCloseable {
    /// Stores the keys from `from` up to `to`, not included.
    void fill(long from, long to);

    /// Receives a burst of GETs and copies each value into the reply.
    ///
    /// @return how many were found
    int get();

    /// The same, with the burst looked up together, where the system can do that.
    int getTogether();

    /// Receives a burst of PUTs on keys that are there.
    ///
    /// @return how many were stored
    int put();

    /// The same, with what the burst will write fetched together, where the system can do that.
    int putTogether();

    @Override
    void close();
}
