package dev.situ.bench.dpdk;

/// A way to a server that sends one answer to each question. Confined to one thread.
interface Line {
    /// Sends so many questions.
    void send(int count);

    /// Looks once for answers.
    ///
    /// @return how many came
    int poll();
}
