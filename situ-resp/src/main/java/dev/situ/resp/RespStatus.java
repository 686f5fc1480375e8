package dev.situ.resp;

/// What [RespParser#parse] found.
public enum RespStatus {
    /// A whole command: read it from [RespParser#command()], then go on after [RespParser#consumed()] bytes.
    COMMAND,
    /// Bytes that ask for nothing (an empty line, an array of no elements): go on after [RespParser#consumed()]
    /// bytes.
    EMPTY,
    /// The command is not whole: parse again when more bytes follow those that were given.
    INCOMPLETE,
    /// Not RESP: send [RespParser#errorReply()] and close. The parser stays in this state.
    ERROR
}
