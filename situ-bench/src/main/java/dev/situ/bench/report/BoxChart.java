package dev.situ.bench.report;

import java.awt.Color;
import java.util.List;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.CategoryAxis;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.renderer.category.BoxAndWhiskerRenderer;
import org.jfree.data.statistics.BoxAndWhiskerItem;
import org.jfree.data.statistics.DefaultBoxAndWhiskerCategoryDataset;

/// Distributions as boxes: from the first to the third quartile, a line at the median, whiskers to two more
/// percentiles.
///
/// @param title of the plot
/// @param valueLabel what is distributed, with its unit
/// @param boxes in the order of groups and of series within
public record BoxChart(String title, String valueLabel, List<Box> boxes) implements Chart {
    /// One distribution.
    public record Box(
            String group,
            String series,
            double whiskerLow,
            double quartile,
            double median,
            double upper,
            double whiskerHigh) {}

    @Override
    public JFreeChart plot() {
        DefaultBoxAndWhiskerCategoryDataset data = new DefaultBoxAndWhiskerCategoryDataset();
        for (Box box : boxes) {
            // Neither a mean nor single outliers are drawn: those lists stay empty.
            BoxAndWhiskerItem item = new BoxAndWhiskerItem(
                    null,
                    box.median,
                    box.quartile,
                    box.upper,
                    box.whiskerLow,
                    box.whiskerHigh,
                    box.whiskerLow,
                    box.whiskerHigh,
                    List.of());
            data.add(item, box.series, box.group);
        }
        BoxAndWhiskerRenderer renderer = new BoxAndWhiskerRenderer();
        renderer.setMeanVisible(false);
        renderer.setMinOutlierVisible(false);
        renderer.setMaxOutlierVisible(false);
        renderer.setFillBox(true);
        renderer.setItemMargin(0.2);
        renderer.setMaximumBarWidth(0.07);
        renderer.setWhiskerWidth(0.5);
        renderer.setUseOutlinePaintForWhiskers(true);
        for (int i = 0; i < data.getRowCount(); i++) {
            renderer.setSeriesPaint(i, Style.colour(data.getRowKey(i), i));
            renderer.setSeriesOutlinePaint(i, Color.BLACK);
        }
        CategoryAxis groups = new CategoryAxis();
        groups.setMaximumCategoryLabelLines(3);
        groups.setMaximumCategoryLabelWidthRatio(1.4f);
        CategoryPlot plot = new CategoryPlot(data, groups, Style.fromZero(valueLabel), renderer);
        double highest = boxes.stream().mapToDouble(Box::whiskerHigh).max().orElse(1);
        plot.getRangeAxis().setRange(0, highest * 1.05);
        return Style.finish(title, plot);
    }
}
