package dev.situ.packet;

/// Counts of a [Pipeline] since its start.
///
/// @param received packets that came in
/// @param sent packets that the port took
/// @param kept packets that a function took
/// @param dropped packets that a step dropped
/// @param unsent packets that were to be sent and that the port did not take
public record PipelineStatistics(long received, long sent, long kept, long dropped, long unsent) {}
