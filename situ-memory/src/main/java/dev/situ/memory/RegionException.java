package dev.situ.memory;

/// Memory that the kernel would not give: the message is one line that says what was asked for and why it failed.
public final class RegionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// Makes one with a line for the user.
    public RegionException(String message) {
        super(message);
    }
}
