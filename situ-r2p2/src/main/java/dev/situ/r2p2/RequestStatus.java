package dev.situ.r2p2;

/// What a [RequestHandler] has decided.
public enum RequestStatus {
    /// The response is to be sent.
    REPLY,
    /// Nothing was executed: the client gets a DROP.
    REFUSE
}
