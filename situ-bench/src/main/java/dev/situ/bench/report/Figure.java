package dev.situ.bench.report;

/// One picture.
///
/// @param file the name of its SVG file, without the ending
/// @param caption what it shows, how to read it
/// @param chart what is drawn
public record Figure(String file, String caption, Chart chart) {}
