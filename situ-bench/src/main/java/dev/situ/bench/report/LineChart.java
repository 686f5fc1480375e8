package dev.situ.bench.report;

import java.awt.Color;
import java.text.NumberFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYErrorRenderer;
import org.jfree.data.xy.YIntervalSeries;
import org.jfree.data.xy.YIntervalSeriesCollection;

/// Lines through medians; a vertical line at each goes from the lowest to the highest round.
///
/// @param title of the plot
/// @param xLabel what the horizontal axis measures, with its unit
/// @param yLabel what the vertical axis measures, with its unit
/// @param logarithmicX whether the horizontal axis is logarithmic
/// @param logarithmicY whether the vertical axis is logarithmic; else it begins at 0
/// @param points in the order of series
/// @param reference a value to draw a line at: where two systems would be equal
public record LineChart(
        String title,
        String xLabel,
        String yLabel,
        boolean logarithmicX,
        boolean logarithmicY,
        List<Point> points,
        Optional<Double> reference)
        implements Chart {
    /// One median with its spread.
    public record Point(String series, double x, double y, double low, double high) {}

    @Override
    public JFreeChart plot() {
        Map<String, YIntervalSeries> lines = new LinkedHashMap<>();
        for (Point point : points) {
            lines.computeIfAbsent(point.series, YIntervalSeries::new).add(point.x, point.y, point.low, point.high);
        }
        YIntervalSeriesCollection data = new YIntervalSeriesCollection();
        lines.values().forEach(data::addSeries);
        XYErrorRenderer renderer = new XYErrorRenderer();
        renderer.setDefaultLinesVisible(true);
        renderer.setDrawXError(false);
        renderer.setCapLength(4);
        renderer.setErrorStroke(Style.THIN);
        for (int i = 0; i < data.getSeriesCount(); i++) {
            renderer.setSeriesPaint(i, Style.colour(data.getSeriesKey(i), i));
            renderer.setSeriesStroke(i, Style.LINE);
        }
        XYPlot plot = new XYPlot(data, xAxis(), logarithmicY ? logarithmicYAxis() : yAxis(), renderer);
        reference.ifPresent(at -> plot.addRangeMarker(new ValueMarker(at, Color.BLACK, Style.THIN)));
        return Style.finish(title, plot);
    }

    private ValueAxis yAxis() {
        NumberAxis axis = Style.fromZero(yLabel);
        double highest = points.stream()
                .mapToDouble(Point::high)
                .filter(Double::isFinite)
                .max()
                .orElse(1);
        axis.setRange(0, Math.max(highest, reference.orElse(0.0)) * 1.08);
        return axis;
    }

    private ValueAxis logarithmicYAxis() {
        return logarithmic(
                yLabel,
                points.stream()
                        .mapToDouble(Point::low)
                        .filter(low -> low > 0)
                        .min()
                        .orElse(1),
                points.stream().mapToDouble(Point::high).max().orElse(10));
    }

    private ValueAxis xAxis() {
        if (logarithmicX) {
            return logarithmic(
                    xLabel,
                    points.stream().mapToDouble(Point::x).min().orElse(1),
                    points.stream().mapToDouble(Point::x).max().orElse(10));
        }
        NumberAxis axis = new NumberAxis(xLabel);
        axis.setNumberFormatOverride(NumberFormat.getIntegerInstance(Locale.ROOT));
        axis.setAutoRangeIncludesZero(false);
        return axis;
    }

    private static LogAxis logarithmic(String label, double lowest, double highest) {
        LogAxis axis = new LogAxis(label);
        axis.setBase(10);
        axis.setTickUnit(new NumberTickUnit(1, NumberFormat.getIntegerInstance(Locale.ROOT)));
        axis.setMinorTickMarksVisible(true);
        axis.setRange(lowest / 1.6, Math.max(highest, lowest * 2) * 1.6);
        return axis;
    }
}
