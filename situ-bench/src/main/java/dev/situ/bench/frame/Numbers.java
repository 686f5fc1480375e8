package dev.situ.bench.frame;

import java.util.Locale;

/// Numbers as people read them.
public final class Numbers {
    private Numbers() {}

    /// Three significant digits, without an exponent: 0.0312, 1.94, 43.1, 12,300.
    public static String text(double value) {
        if (value == 0) {
            return "0";
        }
        int digits = Math.clamp(2 - (int) Math.floor(Math.log10(Math.abs(value))), 0, 9);
        String text = String.format(Locale.ROOT, "%,." + digits + "f", value);
        return text.indexOf('.') < 0 ? text : text.replaceAll("0+$", "").replaceAll("\\.$", "");
    }

    /// A count of keys: 8192, 10 k, 4 M.
    public static String count(long value) {
        if (value >= 1_000_000 && value % 10_000 == 0) {
            return text(value / 1e6) + " M";
        }
        return value >= 10_000 && value % 100 == 0 ? text(value / 1e3) + " k" : Long.toString(value);
    }

    /// A time: 40 s, 3 min.
    public static String duration(long seconds) {
        return seconds < 100 ? seconds + " s" : (seconds + 30) / 60 + " min";
    }
}
