package dev.situ.bench.frame;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The child's side of a [ChildJvm]: waits for the word on stdin, measures, prints figures on stdout.
///
/// ```
/// parent: starts the child      child: ready
/// parent: measure               child: figure <metric> <value> <unit>  ...  done
/// parent: closes stdin          child: ends
/// ```
///
/// A child whose parent is gone finds its stdin closed and ends too.
public final class Child {
    /// The first word of a child's command line.
    public static final String MARK = "--child";

    static final String READY = "ready";
    static final String MEASURE = "measure";
    static final String FIGURE = "figure ";
    static final String DONE = "done";

    private Child() {}

    /// Does what a child does until stdin is closed.
    ///
    /// @param words the command line without [#MARK] and the task's name
    public static void run(ChildTask.Maker maker, List<String> words) throws Exception {
        PrintStream out = System.out;
        try (ChildTask task = maker.make(Parameters.parse(words));
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            say(out, READY);
            serve(task, in, out);
        }
    }

    private static void serve(ChildTask task, BufferedReader in, PrintStream out) throws Exception {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (!line.equals(MEASURE)) {
                throw new IOException("a child does not know: " + line);
            }
            task.measure((metric, unit, value) -> say(out, FIGURE + metric + " " + value + " " + unit));
            say(out, DONE);
        }
    }

    private static void say(PrintStream out, String line) {
        out.println(line);
        out.flush();
    }
}
