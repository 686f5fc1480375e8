package dev.situ.kv;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A number as Redis computes `INCRBYFLOAT` with: C's `long double` as it is on x86, 64 bits of significand and 15 of
/// exponent, rounded to the nearest, ties to even. Held exactly, as a decimal: what a binary fraction is, a decimal
/// one can say.
///
/// ```
///   text --strtold--> value --(+)--> value --printf("%.17Lf"), trailing zeros cut--> text
/// ```
///
/// @param value the number; of no meaning if it is not finite
/// @param isFinite whether it is one: a sum may be too large
record ExtendedFloat(BigDecimal value, boolean isFinite) {
    /// Longer texts are no numbers to Redis.
    static final int MAX_TEXT = 5 * 1024 - 1;

    private static final int SIGNIFICAND_BITS = 64;
    private static final int LEAST_EXPONENT = -16445; // of the last bit of the smallest number
    private static final int EXPONENT_LIMIT = 16384; // 2 to it is too large
    private static final int SHOWN_DIGITS = 17;
    private static final int MOST_DECIMAL_EXPONENT = 5000;
    private static final int MOST_EXPONENT_DIGITS = 9;

    private static final ExtendedFloat INFINITE = new ExtendedFloat(BigDecimal.ZERO, false);
    private static final Pattern INFINITY = Pattern.compile("[+-]?(?i:inf|infinity)");
    private static final Pattern DECIMAL =
            Pattern.compile("([+-]?)(?:([0-9]++)\\.?([0-9]*+)|\\.([0-9]++))(?:[eE]([+-]?)([0-9]++))?");
    private static final Pattern HEX = Pattern.compile(
            "([+-]?)0[xX](?:(\\p{XDigit}++)\\.?(\\p{XDigit}*+)|\\.(\\p{XDigit}++))(?:[pP]([+-]?)([0-9]++))?");

    /// The number that a text says, all of it, as `strtold` reads it; null if it says none, or one that is too large
    /// or too small.
    static @Nullable ExtendedFloat parse(String text) {
        if (text.length() > MAX_TEXT) {
            return null;
        }
        if (INFINITY.matcher(text).matches()) {
            return INFINITE;
        }
        Matcher decimal = DECIMAL.matcher(text);
        if (decimal.matches()) {
            return parse(decimal, 10);
        }
        Matcher hex = HEX.matcher(text);
        return hex.matches() ? parse(hex, 16) : null;
    }

    private static @Nullable ExtendedFloat parse(Matcher parts, int radix) {
        String whole = group(parts, 2);
        String fraction = whole.isEmpty() ? group(parts, 4) : group(parts, 3);
        BigInteger digits = new BigInteger(whole + fraction, radix);
        if (digits.signum() == 0) {
            return new ExtendedFloat(BigDecimal.ZERO, true);
        }
        long exponent = exponent(parts);
        ExtendedFloat number = radix == 10
                ? ofDecimal(digits, exponent - fraction.length())
                : ofBinary(digits, exponent - 4L * fraction.length());
        if (!number.isFinite || number.value.signum() == 0) {
            return null;
        }
        return group(parts, 1).equals("-") ? new ExtendedFloat(number.value.negate(), true) : number;
    }

    private static String group(Matcher parts, int number) {
        String group = parts.group(number);
        return group == null ? "" : group;
    }

    private static long exponent(Matcher parts) {
        String digits = group(parts, 6);
        if (digits.isEmpty()) {
            return 0;
        }
        String significant = digits.replaceFirst("^0+(?=.)", "");
        long size = significant.length() > MOST_EXPONENT_DIGITS ? Integer.MAX_VALUE : Long.parseLong(significant);
        return group(parts, 5).equals("-") ? -size : size;
    }

    private static ExtendedFloat ofDecimal(BigInteger digits, long exponent) {
        long magnitude = digits.toString().length() + exponent;
        if (magnitude > MOST_DECIMAL_EXPONENT) {
            return INFINITE;
        }
        if (magnitude < -MOST_DECIMAL_EXPONENT) {
            return new ExtendedFloat(BigDecimal.ZERO, true);
        }
        return rounded(new BigDecimal(digits, (int) -exponent));
    }

    private static ExtendedFloat ofBinary(BigInteger digits, long exponent) {
        long magnitude = digits.bitLength() + exponent;
        if (magnitude > EXPONENT_LIMIT) {
            return INFINITE;
        }
        if (magnitude < LEAST_EXPONENT - 1) {
            return new ExtendedFloat(BigDecimal.ZERO, true);
        }
        BigDecimal value = new BigDecimal(digits);
        BigDecimal scale = new BigDecimal(BigInteger.TWO.pow((int) Math.abs(exponent)));
        return rounded(exponent < 0 ? value.divide(scale) : value.multiply(scale)); // exact: 1/2 is 5/10
    }

    /// The sum, rounded.
    ExtendedFloat plus(ExtendedFloat other) {
        return isFinite && other.isFinite ? rounded(value.add(other.value)) : INFINITE;
    }

    /// The number nearest to an exact value.
    private static ExtendedFloat rounded(BigDecimal exact) {
        if (exact.signum() == 0) {
            return new ExtendedFloat(BigDecimal.ZERO, true);
        }
        BigInteger numerator = exact.unscaledValue().abs();
        BigInteger denominator = BigInteger.ONE;
        if (exact.scale() > 0) {
            denominator = BigInteger.TEN.pow(exact.scale());
        } else {
            numerator = numerator.multiply(BigInteger.TEN.pow(-exact.scale()));
        }
        // The quotient of numbers of n and d bits has n - d or one more.
        int last = numerator.bitLength() - denominator.bitLength() - SIGNIFICAND_BITS; // exponent of the last bit
        last = Math.max(last, LEAST_EXPONENT);
        BigInteger[] quotient = quotient(numerator, denominator, last);
        if (quotient[0].bitLength() > SIGNIFICAND_BITS) {
            quotient = quotient(numerator, denominator, ++last);
        }
        BigInteger significand = quotient[0];
        int half = quotient[1].shiftLeft(1).compareTo(last > 0 ? denominator.shiftLeft(last) : denominator);
        if (half > 0 || (half == 0 && significand.testBit(0))) {
            significand = significand.add(BigInteger.ONE);
        }
        if (significand.bitLength() + last > EXPONENT_LIMIT) {
            return INFINITE;
        }
        BigDecimal value = last >= 0
                ? new BigDecimal(significand.shiftLeft(last))
                : new BigDecimal(significand.multiply(BigInteger.valueOf(5).pow(-last)), -last);
        return new ExtendedFloat(exact.signum() < 0 ? value.negate() : value, true);
    }

    private static BigInteger[] quotient(BigInteger numerator, BigInteger denominator, int last) {
        return last < 0
                ? numerator.shiftLeft(-last).divideAndRemainder(denominator)
                : numerator.divideAndRemainder(denominator.shiftLeft(last));
    }

    /// The number in decimal with at most 17 digits behind the point, and no zeros at the end.
    String text() {
        BigDecimal shown = value.setScale(SHOWN_DIGITS, RoundingMode.HALF_EVEN);
        return shown.signum() == 0 ? "0" : shown.stripTrailingZeros().toPlainString();
    }
}
