package dev.situ.dpdk.ffi;

/// DPDK is not there, is another than expected, or does not give what is asked. The message is one line that says
/// what, and what to do where that is known.
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    Refusal(String message) {
        super(message);
    }

    Refusal(String message, Throwable cause) {
        super(message, cause);
    }
}
