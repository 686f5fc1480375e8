package dev.situ.dpdk;

/// DPDK cannot do what is asked, for a reason that its user can mend. The message is one line that says what and,
/// where it is known, what to do.
public final class DpdkException extends RuntimeException {
    private static final long serialVersionUID = 1;

    DpdkException(String message) {
        super(message);
    }

    DpdkException(String message, Throwable cause) {
        super(message, cause);
    }
}
