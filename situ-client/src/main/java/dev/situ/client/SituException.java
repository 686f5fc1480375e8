package dev.situ.client;

import java.io.Serial;

/// What a call of a [SituClient] fails with. Each kind says whether the command may have been executed.
public abstract sealed class SituException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private SituException(String message) {
        super(message);
    }

    /// The server did not answer in time. The command may or may not have been executed.
    public static final class TimedOut extends SituException {
        @Serial
        private static final long serialVersionUID = 1;

        TimedOut() {
            super("no answer in time; the command may or may not have been executed");
        }
    }

    /// The server has forgotten the session, because it was started again or was busy with others. The command may
    /// or may not have been executed; it will not be any more.
    public static final class OutcomeUnknown extends SituException {
        @Serial
        private static final long serialVersionUID = 1;

        OutcomeUnknown() {
            super("the server was started again or has forgotten this client;"
                    + " the command may or may not have been executed");
        }
    }

    /// The server refused the request, for want of room or because it is too large for it. Nothing was executed.
    public static final class Refused extends SituException {
        @Serial
        private static final long serialVersionUID = 1;

        Refused() {
            super("the server refused the request; nothing was executed");
        }
    }

    /// The request is larger than the protocol can carry or the server takes. Nothing was sent.
    public static final class TooLarge extends SituException {
        @Serial
        private static final long serialVersionUID = 1;

        TooLarge(long bytes) {
            super("a request of " + bytes + " bytes is larger than the protocol or the server can take");
        }
    }

    /// More calls wait to be sent than the client's options allow, or the network took no more. Nothing was
    /// executed.
    public static final class Overloaded extends SituException {
        @Serial
        private static final long serialVersionUID = 1;

        Overloaded(String message) {
            super(message);
        }
    }

    /// The server executed the command and answered with an error.
    public static final class ServerError extends SituException {
        @Serial
        private static final long serialVersionUID = 1;

        ServerError(String message) {
            super(message);
        }

        /// The first word of the error, such as `ERR` or `WRONGTYPE`.
        public String code() {
            String text = String.valueOf(getMessage());
            int space = text.indexOf(' ');
            return space < 0 ? text : text.substring(0, space);
        }
    }

    /// The reply cannot be read: it is no RESP, or it is not what the command replies with, or there was no buffer
    /// to receive it in. The command was executed.
    public static final class UnreadableReply extends SituException {
        @Serial
        private static final long serialVersionUID = 1;

        UnreadableReply(String message) {
            super(message);
        }
    }

    /// The client was closed first. The command may or may not have been executed.
    public static final class Closed extends SituException {
        @Serial
        private static final long serialVersionUID = 1;

        Closed() {
            super("the client is closed");
        }
    }

    /// The calling thread was interrupted while it waited; it still is. The command may or may not have been
    /// executed.
    public static final class Interrupted extends SituException {
        @Serial
        private static final long serialVersionUID = 1;

        Interrupted() {
            super("interrupted while waiting for the reply");
        }
    }
}
