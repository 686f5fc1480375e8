package dev.situ.bench.report;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.List;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.CategoryAxis;
import org.jfree.chart.axis.CategoryLabelPositions;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.CategoryItemRendererState;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.data.category.CategoryDataset;
import org.jfree.data.category.DefaultCategoryDataset;

/// Bars in groups; a thin line on each bar goes from the lowest to the highest round.
///
/// @param title of the plot
/// @param valueLabel what the bars' axis measures, with its unit
/// @param bars in the order of groups and of series within
public record BarChart(String title, String valueLabel, List<Bar> bars) implements Chart {
    /// One bar.
    public record Bar(String group, String series, double value, double low, double high) {}

    @Override
    public JFreeChart plot() {
        DefaultCategoryDataset data = new DefaultCategoryDataset();
        bars.forEach(bar -> data.addValue(bar.value, bar.series, bar.group));
        CategoryAxis groups = new CategoryAxis();
        groups.setMaximumCategoryLabelLines(3);
        groups.setMaximumCategoryLabelWidthRatio(1.4f);
        groups.setCategoryLabelPositions(CategoryLabelPositions.STANDARD);
        groups.setCategoryMargin(0.25);
        SpreadRenderer renderer = new SpreadRenderer(bars);
        for (int i = 0; i < data.getRowCount(); i++) {
            renderer.setSeriesPaint(i, Style.colour(data.getRowKey(i), i));
        }
        CategoryPlot plot = new CategoryPlot(data, groups, Style.fromZero(valueLabel), renderer);
        double highest = bars.stream()
                .mapToDouble(Bar::high)
                .filter(Double::isFinite)
                .max()
                .orElse(1);
        plot.getRangeAxis().setRange(0, highest * 1.08);
        return Style.finish(title, plot);
    }

    private static final class SpreadRenderer extends BarRenderer {
        private static final long serialVersionUID = 1;

        private final transient List<Bar> bars;

        SpreadRenderer(List<Bar> bars) {
            this.bars = bars;
            setBarPainter(new StandardBarPainter());
            setShadowVisible(false);
            setDrawBarOutline(false);
            setItemMargin(0.05);
            setMaximumBarWidth(0.08);
        }

        @Override
        public void drawItem(
                Graphics2D graphics,
                CategoryItemRendererState state,
                Rectangle2D area,
                CategoryPlot plot,
                CategoryAxis groups,
                ValueAxis values,
                CategoryDataset data,
                int row,
                int column,
                int pass) {
            super.drawItem(graphics, state, area, plot, groups, values, data, row, column, pass);
            bars.stream()
                    .filter(bar ->
                            bar.series.equals(data.getRowKey(row)) && bar.group.equals(data.getColumnKey(column)))
                    .findFirst()
                    .ifPresent(bar -> {
                        double x = calculateBarW0(plot, plot.getOrientation(), area, groups, state, row, column)
                                + state.getBarWidth() / 2;
                        double low = values.valueToJava2D(bar.low, area, plot.getRangeAxisEdge());
                        double high = values.valueToJava2D(bar.high, area, plot.getRangeAxisEdge());
                        graphics.setPaint(Color.BLACK);
                        graphics.setStroke(Style.THIN);
                        graphics.draw(new Line2D.Double(x, low, x, high));
                        graphics.draw(new Line2D.Double(x - 3, low, x + 3, low));
                        graphics.draw(new Line2D.Double(x - 3, high, x + 3, high));
                    });
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }
}
