package dev.situ.bench.report;

import dev.situ.bench.frame.Experiment;
import dev.situ.bench.frame.Measurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// A folder with measurements and their report.
///
/// ```
/// DIR/<name>.json           one measurement
///     <name>-<figure>.svg   its figures
///     index.html            the report of all measurements in the folder; stands alone
/// ```
public final class Report {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Path folder;

    /// The report in `folder`, which is made if it is not there.
    public Report(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
    }

    /// Where the report itself is.
    public Path index() {
        return folder.resolve("index.html").toAbsolutePath().normalize();
    }

    /// Keeps a measurement, in the place of an earlier one of the same experiment.
    public void keep(Measurement measurement) throws IOException {
        Files.writeString(file(measurement.experiment()), JSON.writeValueAsString(measurement) + "\n");
    }

    /// Draws all figures and writes the report of all measurements that are kept.
    ///
    /// @param experiments in the order of the report; those without a measurement are passed over
    public void write(List<Experiment> experiments) throws IOException {
        List<Section> sections = new ArrayList<>();
        for (Experiment experiment : experiments) {
            Path file = file(experiment.name());
            if (Files.exists(file)) {
                Measurement measurement = read(file);
                Page page = experiment.page(measurement);
                List<String> pictures = new ArrayList<>();
                for (Figure figure : page.figures()) {
                    String svg = Svg.of(figure);
                    Files.writeString(folder.resolve(figure.file() + ".svg"), svg);
                    pictures.add(svg);
                }
                sections.add(new Section(measurement, page, pictures));
            }
        }
        Files.writeString(index(), Html.of(sections));
    }

    /// The measurements in a folder, by their names.
    ///
    /// @throws IOException if it is no folder, or a JSON file in it is no measurement
    public static SortedMap<String, Measurement> measurements(Path folder) throws IOException {
        SortedMap<String, Measurement> all = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file :
                    files.filter(file -> file.toString().endsWith(".json")).toList()) {
                Measurement measurement = read(file);
                all.put(measurement.experiment(), measurement);
            }
        }
        return all;
    }

    private static Measurement read(Path file) throws IOException {
        try {
            return JSON.readValue(Files.readString(file), Measurement.class);
        } catch (JacksonException e) {
            throw new IOException(file + " is no measurement: " + e.getOriginalMessage(), e);
        }
    }

    private Path file(String experiment) {
        return folder.resolve(experiment + ".json");
    }

    /// A measurement with what is shown of it.
    ///
    /// @param pictures the figures as SVG, in the order of the page's figures
    record Section(Measurement measurement, Page page, List<String> pictures) {}
}
