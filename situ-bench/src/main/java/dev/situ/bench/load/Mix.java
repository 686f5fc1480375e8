package dev.situ.bench.load;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/// How often each operation is asked for: `get:95,set:5`. The numbers are shares of their sum.
public final class Mix {
    private final Map<Operation, Double> shares = new EnumMap<>(Operation.class);
    private final Operation[] operations;
    /// Up to which random number from 0 to 1 each operation is chosen.
    private final double[] upTo;

    private Mix(Map<Operation, Double> weights) {
        double sum = weights.values().stream().mapToDouble(Double::doubleValue).sum();
        weights.forEach((operation, weight) -> {
            if (weight > 0) {
                shares.put(operation, weight / sum);
            }
        });
        operations = shares.keySet().toArray(new Operation[0]);
        upTo = new double[operations.length];
        double all = 0;
        for (int i = 0; i < operations.length; i++) {
            all += share(operations[i]);
            upTo[i] = all;
        }
    }

    /// Reads a mix as it is written.
    ///
    /// @throws IllegalArgumentException whose message says what is wrong with it
    public static Mix parse(String text) {
        Map<Operation, Double> weights = new EnumMap<>(Operation.class);
        for (String part : text.split(",", -1)) {
            String[] words = part.strip().split(":", -1);
            double weight;
            try {
                weight = words.length == 2 ? Double.parseDouble(words[1]) : Double.NaN;
            } catch (NumberFormatException _) {
                weight = Double.NaN;
            }
            if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("'" + part + "' is no part of a mix: get:95,set:5 is one");
            }
            weights.merge(operation(words[0]), weight, Double::sum);
        }
        if (weights.values().stream().allMatch(weight -> weight == 0)) {
            throw new IllegalArgumentException("the mix '" + text + "' asks for nothing");
        }
        return new Mix(weights);
    }

    private static Operation operation(String name) {
        for (Operation operation : Operation.values()) {
            if (operation.name().equalsIgnoreCase(name)) {
                return operation;
            }
        }
        throw new IllegalArgumentException("there is no operation '" + name + "'; there are: "
                + Arrays.toString(Operation.values()).toLowerCase(Locale.ROOT));
    }

    /// Chooses an operation.
    public Operation next(RandomGenerator random) {
        double at = random.nextDouble();
        int chosen = 0;
        // Rounding may leave the last number below 1.
        while (chosen < upTo.length - 1 && at >= upTo[chosen]) {
            chosen++;
        }
        return operations[chosen];
    }

    /// The share of an operation, from 0 to 1.
    public double share(Operation operation) {
        return shares.getOrDefault(operation, 0.0);
    }

    @Override
    public String toString() {
        return shares.entrySet().stream()
                .map(e -> e.getKey().name().toLowerCase(Locale.ROOT) + ":" + e.getValue() * 100)
                .collect(Collectors.joining(","));
    }
}
