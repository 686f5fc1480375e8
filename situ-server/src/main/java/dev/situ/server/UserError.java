package dev.situ.server;

import org.jspecify.annotations.Nullable;

/// A mistake that the user can mend. Its message is the one line that is shown: what is wrong and what to do.
final class UserError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UserError(String message) {
        this(message, null);
    }

    UserError(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
