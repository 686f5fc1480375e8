package dev.situ.checks;

import org.junit.jupiter.api.Test;

/// NullAway with JSpecify: what is not `@Nullable` is not null.
class NullTest {
    private static Compilation compile(String members) {
        return Compilation.of("""
                package dev.situ.packet.example;
                import org.jspecify.annotations.NullMarked;
                import org.jspecify.annotations.Nullable;
                @NullMarked
                final class Example {
                    private Example() {}
                    %s
                }
                """.formatted(members));
    }

    @Test
    void whatMayBeNullIsNotUsedUnasked() {
        compile("static int f(@Nullable String s) { return s.length(); }").fails("[NullAway]", "'s' is @Nullable");
    }

    @Test
    void whatMayBeNullIsUsedOnceAsked() {
        compile("static int f(@Nullable String s) { return s == null ? 0 : s.length(); }")
                .passes();
    }
}
