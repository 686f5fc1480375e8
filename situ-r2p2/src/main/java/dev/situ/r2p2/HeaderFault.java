package dev.situ.r2p2;

/// What is wrong with a packet's header.
enum HeaderFault {
    NONE,
    /// The first byte is not the magic.
    MAGIC,
    /// The header's size is not that of the format.
    SIZE,
    /// A type that the format does not have.
    TYPE,
    /// A flag that the format does not have.
    FLAGS,
    /// More payload than a packet may carry.
    PAYLOAD,
    /// An order that does not fit the flags.
    ORDER
}
