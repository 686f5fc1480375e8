package dev.situ.packet;

/// Why a header could not be read.
public enum ParseFailure {
    /// It was read.
    NONE,
    /// The packet ends before the header does.
    TRUNCATED,
    /// The layer below carries something else.
    OTHER_PROTOCOL,
    /// A field that can only have one value, such as IPv4's version, has another.
    BAD_FIELD,
    /// The header says that it is shorter than a header can be.
    BAD_HEADER_LENGTH,
    /// The header says that there are more bytes than there are, or fewer than its own.
    BAD_LENGTH,
    /// It is a fragment: what follows is no whole datagram.
    FRAGMENT,
    /// There are more tags before it than anybody needs.
    TOO_DEEP
}
