package dev.situ.r2p2;

/// How a call of an [R2p2Client] has ended.
public enum CallStatus {
    /// The response is here.
    OK,
    /// The server refused: it executed nothing.
    REFUSED,
    /// No whole response came in time. The request may or may not have been executed.
    TIMED_OUT,
    /// The server does not know the session any more, because it was started again or was busy with others: the
    /// request may or may not have been executed. Reliable mode only.
    OUTCOME_UNKNOWN,
    /// The request is larger than the server takes: it was not sent. Reliable mode only.
    TOO_LARGE,
    /// The stack had no buffer to keep a packet of the response in, or the response is larger than this client
    /// takes. The request was executed.
    NO_BUFFERS,
    /// The packets of the response contradict each other. The request was executed.
    MALFORMED,
    /// The rest of the request could not be sent: it was not executed.
    UNSENT,
    /// The client was closed first. The request may or may not have been executed.
    CLOSED
}
