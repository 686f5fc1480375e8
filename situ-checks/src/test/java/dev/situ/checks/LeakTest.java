package dev.situ.checks;

import org.junit.jupiter.api.Test;

/// What must be closed is closed on every way out: the Resource Leak Checker, as `-Pleaks` runs it.
class LeakTest {
    private static Compilation compile(String members) {
        return Compilation.withLeaks("""
                package dev.situ.packet.example;
                import dev.situ.memory.HugePages;
                import dev.situ.memory.Region;
                import org.checkerframework.checker.calledmethods.qual.EnsuresCalledMethods;
                import org.checkerframework.checker.mustcall.qual.InheritableMustCall;
                import org.checkerframework.checker.mustcall.qual.Owning;
                final class Example {
                    static native boolean test();
                    static native void keep(@Owning Region region);
                    %s
                }
                """.formatted(members));
    }

    @Test
    void aLeakOnOneBranchDoesNotCompile() {
        compile("""
                static void f() {
                    Region region = Region.reserve(1, HugePages.NONE);
                    if (test()) {
                        region.close();
                    }
                }""").fails("required.method.not.called", "close", "Region");
    }

    @Test
    void aReleaseOnBothBranchesCompiles() {
        compile("""
                static void f() {
                    Region region = Region.reserve(1, HugePages.NONE);
                    if (test()) {
                        region.close();
                    } else {
                        keep(region);
                    }
                }""").passes();
    }

    @Test
    void anEarlyReturnThatForgetsDoesNotCompile() {
        compile("""
                static long f() {
                    Region region = Region.reserve(1, HugePages.NONE);
                    if (test()) {
                        return 0;
                    }
                    long size = region.size();
                    region.close();
                    return size;
                }""").fails("required.method.not.called", "Region");
    }

    @Test
    void tryWithResourcesCompiles() {
        compile("""
                static long f() {
                    try (Region region = Region.reserve(1, HugePages.NONE)) {
                        return test() ? 0 : region.size();
                    }
                }""").passes();
    }

    @Test
    void anOwningFieldThatIsNeverClosedDoesNotCompile() {
        compile(holder("")).fails("required.method.not.called", "region");
    }

    @Test
    void anOwningFieldThatIsClosedCompiles() {
        compile(holder("region.close();")).passes();
    }

    private static String holder(String close) {
        return """
                @InheritableMustCall("close")
                static final class Holder {
                    private final @Owning Region region;
                    Holder(@Owning Region region) { this.region = region; }
                    %s
                    void close() { %s }
                }
                """.formatted(
                close.isEmpty() ? "" : "@EnsuresCalledMethods(value = \"this.region\", methods = \"close\")", close);
    }
}
