package dev.situ.store;

/// A store that could not be opened: the message is one line that says what is wrong and what to do.
public final class StoreOpenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// Makes one with a line for the user.
    public StoreOpenException(String message) {
        super(message);
    }
}
