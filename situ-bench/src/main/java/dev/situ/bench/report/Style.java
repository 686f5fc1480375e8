package dev.situ.bench.report;

import static java.util.Map.entry;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Stroke;
import java.util.List;
import java.util.Map;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.Axis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.block.BlockBorder;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.Plot;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.ui.RectangleInsets;

/// How all plots look. Colours by Okabe and Ito: they can be told apart by those who see fewer of them.
final class Style {
    static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 15);
    static final Font LABEL = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    static final Font TICK = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
    static final Stroke LINE = new BasicStroke(2f);
    static final Stroke THIN = new BasicStroke(1f);

    private static final Color GRID = new Color(0xDDDDDD);
    private static final Color TEXT = new Color(0x222222);
    private static final List<Color> COLOURS = List.of(
            new Color(0x0072B2),
            new Color(0xE69F00),
            new Color(0x009E73),
            new Color(0xCC79A7),
            new Color(0x56B4E9),
            new Color(0xD55E00),
            new Color(0x777777),
            new Color(0xF0E442));

    private static final Map<String, Integer> SYSTEMS = Map.ofEntries(
            entry("Situ", 0),
            entry("Situ, staged", 4),
            entry("Situ, batching client", 4),
            entry("Situ, huge pages", 2),
            entry("Situ, huge pages, staged", 3),
            entry("ConcurrentHashMap", 1),
            entry("redis-server", 1),
            entry("memcached", 5),
            entry("echo", 6));

    private Style() {}

    /// The colour of a series: a system's own in every plot, so that it is found again; else by number, from 0.
    static Color colour(Comparable<?> series, int number) {
        return COLOURS.get(SYSTEMS.getOrDefault(series.toString(), number) % COLOURS.size());
    }

    /// A plot with its title, ready to be drawn.
    static JFreeChart finish(String title, Plot plot) {
        plot.setBackgroundPaint(Color.WHITE);
        plot.setOutlineVisible(false);
        switch (plot) {
            case CategoryPlot categories -> {
                categories.setRangeGridlinePaint(GRID);
                categories.setRangeGridlineStroke(THIN);
                axis(categories.getDomainAxis());
                axis(categories.getRangeAxis());
            }
            case XYPlot points -> {
                points.setRangeGridlinePaint(GRID);
                points.setRangeGridlineStroke(THIN);
                points.setDomainGridlinePaint(GRID);
                points.setDomainGridlineStroke(THIN);
                axis(points.getDomainAxis());
                axis(points.getRangeAxis());
            }
            default -> throw new IllegalArgumentException("no style for " + plot.getClass());
        }
        JFreeChart chart = new JFreeChart(title, TITLE, plot, true);
        chart.setBackgroundPaint(Color.WHITE);
        chart.setPadding(new RectangleInsets(6, 6, 6, 12));
        chart.getTitle().setPaint(TEXT);
        chart.getLegend().setItemFont(LABEL);
        chart.getLegend().setFrame(BlockBorder.NONE);
        return chart;
    }

    private static void axis(Axis axis) {
        axis.setLabelFont(LABEL);
        axis.setTickLabelFont(TICK);
        axis.setLabelPaint(TEXT);
        axis.setTickLabelPaint(TEXT);
        axis.setAxisLinePaint(TEXT);
    }

    /// An axis from 0 on.
    static NumberAxis fromZero(String label) {
        NumberAxis axis = new NumberAxis(label);
        axis.setAutoRangeIncludesZero(true);
        axis.setUpperMargin(0.08);
        return axis;
    }
}
