package dev.situ.bench.load;

import java.util.random.RandomGenerator;

/// Zipf's distribution: rank `k`, from 1, has a chance in proportion to `1 / k^s`. Ranks are given from 0.
///
/// Drawn by rejection-inversion, in constant time and without a table (W. Hörmann, G. Derflinger,
/// "Rejection-inversion to generate variates from monotone discrete distributions", ACM TOMACS 6(3), 1996):
///
/// 1. `h(x) = 1 / x^s` lies under a hat whose integral `H` and its inverse are known.
/// 2. A random number between `H(n + 1/2)` and `H(3/2) - 1` is taken back by the inverse of `H` to a place `x`.
/// 3. The whole number `k` next to `x` is taken if `x` is near enough to it, or the random number is in its share of
///    the hat; else all starts again. More than nine in ten are taken.
final class Zipf implements Ranks {
    private final long count;
    private final double exponent;
    private final double lowest;
    private final double highest;
    private final double near;

    /// @throws IllegalArgumentException if the exponent is not above 0, or there is no rank
    Zipf(long count, double exponent) {
        if (!(exponent > 0) || exponent > 20 || count < 1) {
            throw new IllegalArgumentException("zipf:" + exponent + " of " + count + " keys is no distribution");
        }
        this.count = count;
        this.exponent = exponent;
        highest = integral(1.5) - 1;
        lowest = integral(count + 0.5);
        near = 2 - inverse(integral(2.5) - chance(2));
    }

    @Override
    public long next(RandomGenerator random) {
        while (true) {
            double u = lowest + random.nextDouble() * (highest - lowest);
            double x = inverse(u);
            long k = Math.clamp(Math.round(x), 1, count);
            if (k - x <= near || u >= integral(k + 0.5) - chance((double) k)) {
                return k - 1;
            }
        }
    }

    private double chance(double x) {
        return Math.exp(-exponent * Math.log(x));
    }

    /// `(x^(1-s) - 1) / (1-s)`, which is the logarithm for s = 1.
    private double integral(double x) {
        double log = Math.log(x);
        double power = (1 - exponent) * log;
        return Math.abs(power) < 1e-8 ? log * (1 + power / 2) : Math.expm1(power) / (1 - exponent);
    }

    private double inverse(double y) {
        double part = Math.max(-1, y * (1 - exponent));
        return Math.exp(Math.abs(part) < 1e-8 ? y * (1 - part / 2) : Math.log1p(part) / (1 - exponent));
    }
}
