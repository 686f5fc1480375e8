package dev.situ.server;

import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Numbers of bytes as redis.conf writes them: `1k` is 1000, `1kb` is 1024, likewise m and g; no unit is bytes; the
/// case does not matter.
final class MemorySize implements ITypeConverter<Long> {
    private static final Pattern SYNTAX = Pattern.compile("(\\d+)(b|k|kb|m|mb|g|gb|t|tb)?");

    /// The bytes that `text` says.
    ///
    /// @throws IllegalArgumentException if it is no size, or more than a `long` holds
    static long parse(String text) {
        String size = text.strip().toLowerCase(Locale.ROOT);
        if (!SYNTAX.matcher(size).matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a size of memory: write for instance 512mb or 2gb");
        }
        int digits = 0;
        while (digits < size.length() && Character.isDigit(size.charAt(digits))) {
            digits++;
        }
        String unit = digits == size.length() ? "b" : size.substring(digits);
        long base = unit.length() == 2 ? 1024 : 1000;
        int power = "bkmgt".indexOf(unit.charAt(0));
        try {
            long bytes = Long.parseLong(size.substring(0, digits));
            for (int i = 0; i < power; i++) {
                bytes = Math.multiplyExact(bytes, base);
            }
            return bytes;
        } catch (ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is more memory than can be counted", e);
        }
    }

    /// The size as people write it, rounded down to a whole unit with at most four digits: `1024mb` is `1gb`.
    static String format(long bytes) {
        String[] units = {"b", "kb", "mb", "gb", "tb"};
        int unit = 0;
        long rest = bytes;
        while (unit < units.length - 1 && rest >= 1024 && (rest % 1024 == 0 || rest >= 10_000)) {
            rest /= 1024;
            unit++;
        }
        return rest + units[unit];
    }

    @Override
    public Long convert(String text) {
        try {
            return parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(String.valueOf(e.getMessage()));
        }
    }
}
