package dev.situ.kv;

/// Which arguments of a command are channels.
///
/// @param first the argument of the first one
/// @param untilEnd whether all behind it are too
/// @param patterns whether they are patterns of channels
record ChannelRange(int first, boolean untilEnd, boolean patterns) {}
