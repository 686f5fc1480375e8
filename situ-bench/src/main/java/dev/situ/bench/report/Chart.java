package dev.situ.bench.report;

import org.jfree.chart.JFreeChart;

/// What a figure shows, as data.
public sealed interface Chart permits BarChart, BoxChart, LineChart {
    /// The plot of it.
    JFreeChart plot();
}
