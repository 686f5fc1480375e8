package dev.situ.bench.report;

import dev.situ.bench.frame.Measurement;
import dev.situ.bench.frame.Numbers;
import dev.situ.bench.frame.Result;
import dev.situ.bench.report.Report.Section;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Writes the report: one page that needs nothing else, and is XML besides HTML.
final class Html {
    private static final String HEAD = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <title>Situ: measurements</title>
            <style>
            body { font: 16px/1.5 system-ui, sans-serif; color: #222; max-width: 900px; margin: 2em auto; padding: 0 1em; }
            h1, h2, h3 { line-height: 1.2; }
            h2 { margin-top: 2.5em; border-top: 2px solid #ddd; padding-top: 1em; }
            figure { margin: 1.5em 0; }
            figure svg { width: 100%; height: auto; }
            figcaption { color: #555; font-size: 0.9em; }
            table { border-collapse: collapse; font-size: 0.85em; margin: 0.8em 0; }
            th, td { text-align: left; padding: 0.2em 0.8em 0.2em 0; border-bottom: 1px solid #eee; vertical-align: top; }
            td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
            code, pre { background: #f5f5f5; padding: 0.1em 0.3em; }
            pre { padding: 0.6em; overflow-x: auto; }
            .question { font-size: 1.1em; font-style: italic; }
            .warning { background: #fff3cd; padding: 0.5em 0.8em; }
            details { margin: 1em 0; }
            summary { cursor: pointer; }
            </style>
            </head>
            <body>
            <h1>Situ: measurements</h1>
            <p>Every claim here is a ratio to a peer, or to a bound, measured in the same run in turn (A B A B …). A value is the
            median of the rounds; the lowest and the highest round stand beside it. Absolute figures depend on the machine and on what
            else it did: do not compare them between runs.</p>
            """;

    private final StringBuilder out = new StringBuilder(HEAD);

    private Html() {}

    static String of(List<Section> sections) {
        Html html = new Html();
        html.contents(sections);
        sections.forEach(html::section);
        html.out.append("</body>\n</html>\n");
        return html.out.toString();
    }

    private void contents(List<Section> sections) {
        out.append("<ul>\n");
        for (Section section : sections) {
            out.append("<li><a href=\"#")
                    .append(section.measurement().experiment())
                    .append("\">");
            text(section.page().title());
            out.append("</a>: ");
            text(section.page().question());
            out.append("</li>\n");
        }
        out.append("</ul>\n");
    }

    private void section(Section section) {
        Measurement measurement = section.measurement();
        Page page = section.page();
        out.append("<h2 id=\"").append(measurement.experiment()).append("\">");
        text(page.title());
        out.append("</h2>\n<p class=\"question\">");
        text(page.question());
        out.append("</p>\n");
        warnings(measurement);
        list("What it means", page.meaning());
        figures(section);
        summary(measurement);
        list("How it was measured", page.setUp());
        repeat(measurement);
        machine(measurement);
        results(measurement);
    }

    private void warnings(Measurement measurement) {
        String scale = String.valueOf(measurement.machine().get("scale"));
        if (!scale.equals("full")) {
            warning("A " + scale + " run: a look, not figures to quote.");
        }
        if (measurement.machine().get("warm_ups_not_at_rest") instanceof Number restless && restless.intValue() > 0) {
            warning(
                    "The machine was not at rest: in " + restless + " of "
                            + measurement.machine().get("warm_ups")
                            + " warm-ups the last three windows still differed by more than 5 % when the time for warming up was over.");
        }
        for (String what : measurement.leftOut()) {
            warning("Left out: " + what);
        }
    }

    private void warning(String what) {
        out.append("<p class=\"warning\">");
        text(what);
        out.append("</p>\n");
    }

    private void list(String title, List<String> items) {
        out.append("<h3>").append(title).append("</h3>\n<ul>\n");
        for (String item : items) {
            out.append("<li>");
            text(item);
            out.append("</li>\n");
        }
        out.append("</ul>\n");
    }

    private void figures(Section section) {
        for (int i = 0; i < section.pictures().size(); i++) {
            out.append("<figure>\n").append(section.pictures().get(i)).append("\n<figcaption>");
            text(section.page().figures().get(i).caption());
            out.append("</figcaption>\n</figure>\n");
        }
    }

    private void summary(Measurement measurement) {
        out.append("<h3>Summary</h3>\n<table>\n<tr><th>name</th><th class=\"n\">median</th>")
                .append("<th class=\"n\">lowest</th><th class=\"n\">highest round</th></tr>\n");
        measurement.summary().forEach((name, value) -> {
            out.append("<tr><td><code>");
            text(name);
            out.append("</code></td>");
            number(value);
            measurement
                    .ratio(name)
                    .ifPresentOrElse(
                            ratio -> {
                                number(ratio.low());
                                number(ratio.high());
                            },
                            () -> out.append("<td></td><td></td>"));
            out.append("</tr>\n");
        });
        out.append("</table>\n");
    }

    private void repeat(Measurement measurement) {
        String quick = "quick".equals(measurement.machine().get("scale")) ? " --quick" : "";
        out.append("<h3>Repeat it</h3>\n<pre>./situ bench ")
                .append(measurement.experiment())
                .append(quick)
                .append("</pre>\n");
    }

    private void machine(Measurement measurement) {
        out.append("<details>\n<summary>Machine</summary>\n<table>\n");
        measurement.machine().forEach((name, value) -> {
            out.append("<tr><td>");
            text(name.replace('_', ' '));
            out.append("</td><td>");
            text(value instanceof List<?> list && list.isEmpty() ? "nothing" : String.valueOf(value));
            out.append("</td></tr>\n");
        });
        out.append("</table>\n</details>\n");
    }

    private void results(Measurement measurement) {
        out.append("<details>\n<summary>All ")
                .append(measurement.results().size())
                .append(" results</summary>\n<table>\n<tr><th>system</th><th>metric</th><th>with</th>")
                .append(
                        "<th class=\"n\">median</th><th class=\"n\">lowest</th><th class=\"n\">highest</th><th>unit</th></tr>\n");
        for (Result result : measurement.results()) {
            out.append("<tr><td>");
            text(result.system());
            out.append("</td><td>");
            text(result.metric());
            out.append("</td><td>");
            text(words(result.params()));
            out.append("</td>");
            for (double value : new double[] {result.value(), result.low(), result.high()}) {
                number(value);
            }
            out.append("<td>");
            text(result.unit());
            out.append("</td></tr>\n");
        }
        out.append("</table>\n</details>\n");
    }

    private void number(double value) {
        out.append("<td class=\"n\">").append(Numbers.text(value)).append("</td>");
    }

    private static String words(Map<String, Object> params) {
        return params.entrySet().stream()
                .map(e -> e.getKey() + " " + e.getValue())
                .collect(Collectors.joining(", "));
    }

    private void text(String text) {
        out.append(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"));
    }
}
