package dev.situ.bench.frame;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// One run of one experiment: how thorough it is, on which processors, how far it has got, and what it leaves out.
///
/// Confined to the thread that measures.
public final class Run {
    private final String experiment;
    private final Scale scale;
    private final PrintStream progress;
    private final long begin = System.nanoTime();
    private final Map<String, Object> facts = new LinkedHashMap<>();
    private final List<String> leftOut = new ArrayList<>();
    private int steps;
    private int done;
    private int warmUps;
    private int restless;

    /// A run that reports its progress on `progress`.
    public Run(String experiment, Scale scale, PrintStream progress) {
        this.experiment = experiment;
        this.scale = scale;
        this.progress = progress;
        Machine.describe(facts);
        facts.put("scale", scale.name().toLowerCase(Locale.ROOT));
        facts.put("rounds", scale.rounds());
    }

    /// How thorough it is.
    public Scale scale() {
        return scale;
    }

    /// Whether a round should not begin, since the time is up; if so, the rounds that are left are named.
    ///
    /// @param round from 1; the first is measured whatever the time is
    /// @param what is measured in it; empty for everything
    /// @param stepsARound that are left out with each round
    public boolean endsBefore(int round, String what, int stepsARound) {
        if (round == 1 || !isTimeUp()) {
            return false;
        }
        int rounds = scale.rounds();
        leaveOut((round == rounds ? "round " + round : "rounds " + round + " to " + rounds)
                + (what.isEmpty() ? "" : " of " + what) + ": the time was up");
        expect(-(rounds - round + 1) * stepsARound);
        return true;
    }

    boolean isTimeUp() {
        return seconds() >= scale.seconds();
    }

    private long seconds() {
        return (System.nanoTime() - begin) / 1_000_000_000;
    }

    /// Adds to the report where and how it was measured: a peer's version, for instance.
    public void fact(String name, Object value) {
        facts.put(name, value);
    }

    /// Adds which processors servers and loads are bound to.
    public void factsOfCpus() {
        fact("server_cpu", Cpus.list(Cpus.server()));
        fact("client_cpu", Cpus.list(Cpus.client()));
    }

    /// Names something that is not measured, and why: goes into the report, and to stderr at once.
    public void leaveOut(String what) {
        leftOut.add(what);
        progress.println(experiment + ": left out: " + what);
    }

    /// Counts whether a warm-up came to rest.
    public void steady(boolean cameToRest) {
        warmUps++;
        if (!cameToRest) {
            restless++;
        }
    }

    /// Announces how many steps there are to come.
    public void expect(int moreSteps) {
        steps += moreSteps;
    }

    /// Says what is measured next, and how long the rest will take if it goes on like this.
    public void step(String what) {
        long elapsed = seconds();
        String rest = "";
        if (done > 0 && steps > done) {
            long left = Math.max(1, elapsed * (steps - done) / done);
            rest = "; about " + Numbers.duration(left) + " left";
        }
        done++;
        progress.println(experiment + " " + done + "/" + Math.max(done, steps) + ": " + what + rest);
    }

    /// What goes into the measurement as `machine`.
    public Map<String, Object> machine() {
        Map<String, Object> all = new LinkedHashMap<>(facts);
        all.put("seconds", seconds());
        all.put("warm_ups", warmUps);
        all.put("warm_ups_not_at_rest", restless);
        all.put("left_out", List.copyOf(leftOut));
        return all;
    }
}
