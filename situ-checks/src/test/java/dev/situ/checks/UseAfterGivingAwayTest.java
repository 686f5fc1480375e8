package dev.situ.checks;

import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each form of control flow, wrong and right. The wrong twin's faulty line is marked by `// !`.
class UseAfterGivingAwayTest {
    /// @param message what the error says, besides the check's name
    record Twins(String name, String message, String wrong, String right) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final String HEAD = """
            package dev.situ.packet.example;
            import dev.situ.memory.BufferSource;
            import dev.situ.memory.Consumes;
            import dev.situ.memory.ConsumesIfTrue;
            import dev.situ.packet.PacketBurst;
            import dev.situ.packet.PacketPool;
            import java.util.function.LongSupplier;
            import org.jspecify.annotations.NullMarked;
            @NullMarked
            final class Example {
                private Example() {}
                static native long take();
                static native void give(@Consumes long buffer);
                static native boolean offer(@ConsumesIfTrue long buffer);
                static native long use(long buffer);
                static native void twice(@Consumes long buffer, long other);
                static native boolean test();
                static native int number();
                static native void run(Runnable task);
                interface Packet {
                    @Consumes void release();
                    @ConsumesIfTrue boolean tryRelease();
                    int length();
                }
                interface Sink {
                    void accept(@Consumes Packet packet);
                }
                record Stored(long buffer) {
                    Stored(@Consumes long buffer) {
                        this.buffer = buffer;
                    }
                }
                static final class Lease implements AutoCloseable {
                    @Override @Consumes public native void close();
                    @Consumes native void hand();
                }
            """;

    private static List<Twins> twins() {
        return List.of(
                new Twins(
                        "a use after",
                        "`b` may have been given away: to `give` in line",
                        "void f() { long b = take(); give(b); use(b); } // !",
                        "void f() { long b = take(); use(b); give(b); }"),
                new Twins(
                        "given twice",
                        "`b`",
                        "void f() { long b = take(); give(b); give(b); } // !",
                        "void f() { long b = take(); give(b); b = take(); give(b); }"),
                new Twins(
                        "a buffer of a source, released twice",
                        "`release`",
                        "void f(BufferSource s) { long b = take(); s.release(b); s.release(b); } // !",
                        "void f(BufferSource s) { long b = take(); s.heldBytes(b); s.release(b); }"),
                new Twins(
                        "two references under one name",
                        "`release`",
                        "void f(PacketPool p) { long b = p.take(); p.retain(b); p.release(b); p.release(b); } // !",
                        "void f(PacketPool p) { long b = p.take(); long c = b; p.retain(c); p.release(b); p.release(c); }"),
                new Twins(
                        "a packet that a burst has",
                        "`b` may have been given away: to `add` in line",
                        "void f(PacketPool p, PacketBurst s) { long b = p.take(); s.add(b); p.release(b); } // !",
                        "void f(PacketPool p, PacketBurst s) { long b = p.take(); s.add(b); p.releaseAll(s); }"),
                new Twins(
                        "the receiver",
                        "`p` may have been given away: to `release`",
                        "int f(@Consumes Packet p) { p.release(); return p.length(); } // !",
                        "int f(@Consumes Packet p) { int n = p.length(); p.release(); return n; }"),
                new Twins(
                        "a constructor",
                        "to `new Stored`",
                        "long f() { long b = take(); Stored s = new Stored(b); return use(b) + s.buffer(); } // !",
                        "long f() { long b = take(); Stored s = new Stored(b); return s.buffer(); }"),
                new Twins("an overriding method inherits the annotation", "`p`", """
                        record Drop() implements Sink { @Override public void accept(Packet p) { p.release(); } }
                        int f(Drop d, @Consumes Packet p) { d.accept(p); return p.length(); } // !""", """
                        record Drop() implements Sink { @Override public void accept(Packet p) { p.release(); } }
                        void f(Drop d, @Consumes Packet p) { d.accept(p); }"""),
                new Twins(
                        "what was lent",
                        "`b` was only lent to this method",
                        "void f(long b) { give(b); } // !",
                        "void f(@Consumes long b) { give(b); }"),
                new Twins(
                        "passed once more in the same call",
                        "passed to it once more",
                        "void f() { long b = take(); twice(b, b); } // !",
                        "void f() { long b = take(); twice(b, use(b)); }"),
                new Twins(
                        "either of two values",
                        "`c`",
                        "void f() { long b = take(); long c = take(); give(test() ? b : c); use(c); } // !",
                        "void f() { long b = take(); long c = take(); give(test() ? b : c); }"),
                new Twins(
                        "a branch",
                        "`b` may",
                        "void f() { long b = take(); if (test()) { give(b); } use(b); } // !",
                        "void f() { long b = take(); if (test()) { give(b); } else { use(b); } }"),
                new Twins(
                        "an early return is missing",
                        "`b`",
                        "void f() { long b = take(); if (test()) { give(b); } give(b); } // !",
                        "void f() { long b = take(); if (test()) { give(b); return; } give(b); }"),
                new Twins(
                        "the sides of and",
                        "`b`",
                        "boolean f() { long b = take(); return offer(b) && use(b) > 0; } // !",
                        "boolean f() { long b = take(); return offer(b) || use(b) > 0; }"),
                new Twins(
                        "an offer that may have been taken",
                        "to `offer`",
                        "void f() { long b = take(); if (offer(b)) { give(b); } } // !",
                        "void f() { long b = take(); if (!offer(b)) { give(b); } }"),
                new Twins(
                        "an offer whose answer is ignored",
                        "to `offer`",
                        "void f() { long b = take(); offer(b); give(b); } // !",
                        "void f() { long b = take(); if (test() && offer(b)) { return; } give(b); }"),
                new Twins(
                        "an offer whose answer is kept",
                        "to `offer`",
                        "void f() { long b = take(); boolean taken = offer(b); if (taken) { give(b); } } // !",
                        "void f() { long b = take(); boolean taken = offer(b); if (!taken) { give(b); } }"),
                new Twins(
                        "an offer of the receiver",
                        "to `tryRelease`",
                        "void f(@Consumes Packet p) { if (p.tryRelease()) { p.release(); } } // !",
                        "void f(@Consumes Packet p) { if (!p.tryRelease()) { p.release(); } }"),
                new Twins(
                        "a while loop",
                        "in an earlier turn of the loop",
                        "void f() { long b = take(); while (test()) { give(b); } } // !",
                        "void f() { while (test()) { long b = take(); give(b); } }"),
                new Twins(
                        "a while loop that tries again",
                        "`b`",
                        "void f() { long b = take(); while (offer(b)) { use(0); } give(b); } // !",
                        "void f() { long b = take(); while (!offer(b)) { use(b); } }"),
                new Twins(
                        "a do loop",
                        "`b`",
                        "void f() { long b = take(); do { use(0); give(b); } while (test()); } // !",
                        "void f() { long b = take(); do { give(b); b = take(); } while (use(b) > 0); }"),
                new Twins(
                        "a for loop",
                        "`b`",
                        "void f() { long b = take(); for (int i = 0; i < 3; i++) { give(b); } } // !",
                        "void f() { long b = take(); for (int i = 0; i < 3; i++) { give(b); break; } }"),
                new Twins(
                        "the update of a for loop",
                        "`b`",
                        "void f() { for (long b = take(); test(); b = use(b)) { give(b); } } // !",
                        "void f() { for (long b = take(); test(); b = take()) { give(b); } }"),
                new Twins(
                        "a loop over a collection",
                        "`b`",
                        "void f(long[] all) { long b = take(); for (long each : all) { use(each); give(b); } } // !",
                        "void f(long[] all) { for (long each : all) { give(each); } }"),
                new Twins(
                        "behind a loop that is left in its middle",
                        "`b`",
                        "void f() { long b = take(); while (true) { if (test()) { give(b); break; } } use(b); } // !",
                        "void f() { long b = take(); while (true) { if (test()) { break; } use(b); } give(b); }"),
                new Twins("an outer loop, gone on with from an inner one", "`b`", """
                        void f() { long b = take(); outer: while (test()) {
                            use(b); // !
                            b = take();
                            while (test()) { if (test()) { give(b); continue outer; } } } }""", """
                        void f() { long b = take(); outer: while (test()) {
                            use(b);
                            while (test()) { if (test()) { give(b); break outer; } } } }"""),
                new Twins("an outer loop, left from an inner one", "`b`", """
                        void f() { long b = take(); outer: while (test()) {
                            while (test()) { if (test()) { give(b); break outer; } } }
                            use(b); } // !""", """
                        void f() { long b = take(); outer: while (test()) {
                            while (test()) { if (test()) { give(b); b = take(); break outer; } } }
                            use(b); }"""),
                new Twins("an old switch that falls through", "`b`", """
                        @SuppressWarnings("fallthrough") void f() { long b = take(); switch (number()) {
                            case 1: give(b); // fall through
                            default: use(b); } } // !""", """
                        @SuppressWarnings("StatementSwitchToExpressionSwitch")
                        void f() { long b = take(); switch (number()) {
                            case 1: give(b); break;
                            default: use(b); } }"""),
                new Twins("behind a new switch", "`b`", """
                        void f() { long b = take(); switch (number()) {
                            case 1 -> give(b);
                            default -> use(b); }
                            use(b); } // !""", """
                        void f() { long b = take(); switch (number()) {
                            case 1 -> { give(b); return; }
                            default -> use(b); }
                            use(b); }"""),
                new Twins("a switch that gives a value", "`b`", """
                        long f() { long b = take(); long n = switch (number()) {
                            case 1 -> { give(b); yield 1; }
                            default -> use(b); };
                            return n + use(b); } // !""", """
                        long f() { long b = take(); return switch (number()) {
                            case 1 -> { give(b); yield 1; }
                            case 2 -> throw new IllegalStateException("two");
                            default -> use(b); }; }"""),
                new Twins("the guard of a case", "`p`", """
                        int f(Object o, @Consumes Packet p) { return switch (o) {
                            case String s when p.tryRelease() -> p.length() + s.length(); // !
                            default -> p.length(); }; }""", """
                        int f(Object o, @Consumes Packet p) { return switch (o) {
                            case String s when p.tryRelease() -> s.length();
                            default -> p.length(); }; }"""),
                new Twins("a catch block", "`b`", """
                        void f() { long b = take(); try { give(b); use(0); }
                            catch (IllegalStateException e) { use(b); throw e; } } // !""", """
                        void f() { long b = take(); try { use(b); }
                            catch (IllegalStateException e) { give(b); throw e; } give(b); }"""),
                new Twins(
                        "a finally block",
                        "`b`",
                        "void f() { long b = take(); try { give(b); } finally { give(b); } } // !",
                        "void f() { long b = take(); try { use(b); } finally { give(b); } }"),
                new Twins(
                        "behind a finally block",
                        "`b`",
                        "void f() { long b = take(); try { use(b); } finally { give(b); } use(b); } // !",
                        "long f() { long b = take(); try { if (test()) { return 0; } } finally { use(1); } return use(b); }"),
                new Twins("a jump through a finally block", "`b`", """
                        void f() { long b = take(); while (true) {
                            try { if (test()) { break; } } finally { give(b); } // this, and
                            b = take(); }
                            use(b); } // !""", """
                        void f() { long b = take(); while (true) {
                            try { if (test()) { break; } } finally { use(b); }
                            give(b); b = take(); }
                            use(b); }"""),
                new Twins("a return that a finally block follows", "`b`", """
                        void f() { long b = take(); try { if (test()) { give(b); return; } }
                            finally { use(b); } give(b); } // !""", """
                        void f() { long b = take(); try { if (test()) { use(b); return; } }
                            finally { give(b); } }"""),
                new Twins(
                        "a resource that is given away in its block",
                        "`lease`",
                        "void f() { try (var lease = new Lease()) { lease.hand(); } } // !",
                        "void f() { try (var lease = new Lease()) { use(lease.hashCode()); } }"),
                new Twins(
                        "a lambda that gives away",
                        "`b`",
                        "void f() { long b = take(); run(() -> give(b)); use(b); } // !",
                        "void f() { long b = take(); use(b); run(() -> give(b)); }"),
                new Twins(
                        "a lambda that captures what is gone",
                        "`b`",
                        "LongSupplier f() { long b = take(); give(b); return () -> use(b); } // !",
                        "LongSupplier f() { long b = take(); return () -> { long n = use(b); give(b); return n; }; }"),
                new Twins(
                        "inside of a lambda",
                        "`b`",
                        "static final Runnable TASK = () -> { long b = take(); give(b); use(b); }; // !",
                        "static final Runnable TASK = () -> { long b = take(); use(b); give(b); };"),
                new Twins(
                        "a method reference",
                        "`p`",
                        "int f(@Consumes Packet p) { run(p::release); return p.length(); } // !",
                        "void f(@Consumes Packet p) { p.length(); run(p::release); }"),
                new Twins("a class in a method", "`b`", """
                        void f() { long b = take(); run(new Runnable() {
                            @Override public void run() { give(b); } });
                            use(b); } // !""", """
                        void f() { long b = take(); use(b); run(new Runnable() {
                            @Override public void run() { use(b); give(b); } }); }"""),
                new Twins(
                        "an initializer block",
                        "`b`",
                        "static { long b = take(); give(b); use(b); } // !",
                        "static { long b = take(); use(b); give(b); }"));
    }

    /// All wrong twins in one source, each in a class `Wrong` and its number, so that the compiler runs once.
    private static final String WRONG_SOURCE = source("Wrong", Twins::wrong);

    private static final Compilation WRONG = Compilation.of(WRONG_SOURCE);

    @ParameterizedTest
    @MethodSource("twins")
    void theWrongTwinDoesNotCompile(Twins twins) {
        int start = WRONG_SOURCE.indexOf("// " + twins.name + "\n");
        int end = WRONG_SOURCE.indexOf("static final class Wrong", start);
        long marked = line(WRONG_SOURCE.indexOf("// !", start));
        WRONG.between(line(start), end < 0 ? Integer.MAX_VALUE : line(end))
                .failsInLine(marked, "UseAfterGivingAway", twins.message);
    }

    @Test
    void theRightTwinsCompile() {
        Compilation.of(source("Right", Twins::right)).passes();
    }

    private static String source(String name, Function<Twins, String> twin) {
        StringBuilder source = new StringBuilder(HEAD);
        List<Twins> all = twins();
        for (int i = 0; i < all.size(); i++) {
            source.append("static final class %s%d { // %s\n".formatted(name, i, all.get(i).name));
            source.append(twin.apply(all.get(i))).append("\n}\n");
        }
        return source.append("}\n").toString();
    }

    private static long line(int position) {
        return WRONG_SOURCE.substring(0, position).lines().count();
    }

    @Test
    void aSuppressedMethodIsNotLookedAt() {
        Compilation.of(HEAD + """
                @SuppressWarnings("UseAfterGivingAway") // it is taken again behind the checker's back
                void f() { long b = take(); give(b); use(b); }
                }
                """).passes();
    }
}
