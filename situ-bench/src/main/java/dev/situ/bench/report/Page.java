package dev.situ.bench.report;

import java.util.List;

/// The part of the report that shows one experiment, as data: what a reader needs who does not know the source.
///
/// @param title of the part
/// @param question what is asked
/// @param setUp how it was measured, one fact an item
/// @param figures in the order in which they are read
/// @param meaning what the figures say, one thought an item
public record Page(String title, String question, List<String> setUp, List<Figure> figures, List<String> meaning) {}
