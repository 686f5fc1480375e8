package dev.situ.r2p2;

/// What [R2p2Client#call] could do at once.
public enum CallStart {
    /// The call is on its way and will be completed, once.
    STARTED,
    /// As many calls are outstanding as may be: try again when one has ended.
    BUSY,
    /// The sender has no room: flush it and try again.
    NO_ROOM,
    /// The request has more bytes than the format can name, or than the server takes.
    TOO_LARGE,
    /// The client is closed.
    CLOSED
}
