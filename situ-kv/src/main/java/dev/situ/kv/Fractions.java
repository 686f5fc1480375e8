package dev.situ.kv;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/// Numbers with a fraction as C prints them with `%.17g`, which is how Redis replies with them.
final class Fractions {
    private static final MathContext DIGITS = new MathContext(17);

    private Fractions() {}

    static String text(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        if (value == 0) {
            return "0";
        }
        BigDecimal rounded = new BigDecimal(value).round(DIGITS).stripTrailingZeros();
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (exponent >= -4 && exponent < DIGITS.getPrecision()) {
            return rounded.toPlainString();
        }
        BigDecimal mantissa = rounded.scaleByPowerOfTen(-exponent);
        return String.format(
                Locale.ROOT, "%se%s%02d", mantissa.toPlainString(), exponent < 0 ? "-" : "+", Math.abs(exponent));
    }
}
