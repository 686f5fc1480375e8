package dev.situ.bench.frame;

import dev.situ.bench.report.Page;

/// One question, how it is measured, and how the answer is shown.
///
/// The two are apart: [#measure] gives figures, which are kept as JSON; [#page] makes text and plots from such
/// figures alone, so that a report can be made again years later from what is kept, without measuring.
public interface Experiment {
    /// The name on the command line and of the JSON file: one lower-case word.
    String name();

    /// Measures, which may take minutes. Names what it has to leave out by [Run#leaveOut].
    ///
    /// @throws Exception if that is impossible; what was started has been stopped
    Measurement measure(Run run) throws Exception;

    /// The part of the report that shows `measurement`.
    Page page(Measurement measurement);
}
