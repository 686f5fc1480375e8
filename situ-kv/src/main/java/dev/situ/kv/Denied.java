package dev.situ.kv;

/// That a command may not be run, and why.
///
/// @param argument of the key or the channel; 0 for the command itself
record Denied(Reason reason, int argument) {
    /// What is not allowed, from the least that is told to the most.
    enum Reason {
        COMMAND,
        KEY,
        AUTH,
        CHANNEL
    }

    static final Denied COMMAND = new Denied(Reason.COMMAND, 0);

    /// Says whether it tells more than another: as Redis chooses what it logs if no selector lets a command pass.
    boolean tellsMoreThan(Denied other) {
        int difference = reason.compareTo(other.reason);
        return difference > 0 || (difference == 0 && argument > other.argument);
    }
}
