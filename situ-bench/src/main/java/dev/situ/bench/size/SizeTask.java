package dev.situ.bench.size;

import dev.situ.bench.dpdk.Question;
import dev.situ.bench.frame.ChildTask;
import dev.situ.bench.frame.Contender;
import dev.situ.bench.frame.Parameters;
import dev.situ.bench.frame.WarmUp;
import dev.situ.bench.frame.WarmUp.Pace;
import dev.situ.store.AdoptionPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Times a server on a [Ring] with values of several sizes, which take turns, so that their figures can be divided.
public final class SizeTask implements ChildTask {
    /// The task's name.
    public static final String NAME = "size";

    /// Between the name of a metric and the size of the values.
    static final String OF_BYTES = "@";

    private static final int KEYS = 256;

    private final Ring ring;
    private final List<Sized> sizes = new ArrayList<>();
    private final int bursts;
    private final WarmUp warmUp;

    /// Starts the server and stores the values.
    public SizeTask(Parameters parameters) throws Exception {
        AdoptionPolicy adoption = switch (parameters.text("adopt")) {
            case "always" -> AdoptionPolicy.ALWAYS;
            case "never" -> AdoptionPolicy.NEVER;
            default -> AdoptionPolicy.DEFAULT;
        };
        ring = new Ring(
                adoption,
                parameters.number("copy_break"),
                parameters.text("checksums").equals("software"));
        bursts = parameters.number("bursts");
        warmUp = WarmUp.of(parameters);
        ring.introduce();
        for (String size : parameters.text("sizes").split(",", -1)) {
            sizes.add(new Sized(Integer.parseInt(size), sizes.size() * KEYS));
        }
    }

    /// Values of one size: their requests, and what these took.
    private final class Sized {
        final int length;
        final Question set;
        final Question get;
        final long[] getNanos;
        final long[] setNanos;
        final double setCopied;
        long getCopied;

        Sized(int length, int firstKey) {
            this.length = length;
            set = Question.set(length, firstKey, KEYS);
            get = Question.get(length, firstKey, KEYS);
            getNanos = new long[bursts];
            setNanos = new long[bursts];
            long before = ring.adoptedKeys();
            for (int i = 0; i < KEYS; i += Ring.BURST) {
                ring.turn(set, 0);
            }
            setCopied = (double) length * (KEYS - (ring.adoptedKeys() - before)) / KEYS;
        }

        void turn(int burst) {
            Ring.Turn turn = ring.turn(get, length);
            getNanos[burst] = turn.nanos();
            getCopied += turn.copiedBytes();
            setNanos[burst] = ring.turn(set, 0).nanos();
        }
    }

    @Override
    public void measure(Sink sink) throws Exception {
        boolean steady = warmUp.run(() -> new Pace((double) bursts * Ring.BURST * 2 * sizes.size(), window()));
        sizes.forEach(sized -> sized.getCopied = 0);
        window();
        for (Sized sized : sizes) {
            String of = OF_BYTES + sized.length;
            sink.add("get_ns" + of, "ns", median(sized.getNanos));
            sink.add("set_ns" + of, "ns", median(sized.setNanos));
            sink.add("get_copied" + of, "B", (double) sized.getCopied / bursts / Ring.BURST);
            sink.add("set_copied" + of, "B", sized.setCopied);
        }
        sink.add(Contender.STEADY, "", steady ? 1 : 0);
    }

    /// All sizes in turn, burst by burst; gives the requests a second.
    private double window() {
        ring.introduce();
        for (int i = 0; i < bursts; i++) {
            for (Sized sized : sizes) {
                sized.turn(i);
            }
        }
        double nanos = 0;
        for (Sized sized : sizes) {
            nanos += median(sized.getNanos);
        }
        return 1e9 * sizes.size() / nanos;
    }

    /// Of a request, in the burst in the middle: others have used the processor in some.
    private static double median(long[] burstNanos) {
        long[] sorted = burstNanos.clone();
        Arrays.sort(sorted);
        return (double) sorted[sorted.length / 2] / Ring.BURST;
    }

    @Override
    public void close() {
        ring.close();
    }
}
