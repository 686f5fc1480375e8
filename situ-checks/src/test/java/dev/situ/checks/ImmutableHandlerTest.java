package dev.situ.checks;

import org.junit.jupiter.api.Test;

/// Handlers that all pollers call may not have, nor capture, what changes: on the real interfaces.
class ImmutableHandlerTest {
    private static Compilation compile(String members) {
        return Compilation.of("""
                package dev.situ.packet.example;
                import com.google.errorprone.annotations.Immutable;
                import dev.situ.memory.SliceList;
                import dev.situ.r2p2.RequestHandler;
                import dev.situ.r2p2.RequestStatus;
                import dev.situ.udp.PerQueue;
                import dev.situ.udp.UdpBurst;
                import dev.situ.udp.UdpHandler;
                import dev.situ.udp.UdpSender;
                import org.jspecify.annotations.NullMarked;
                @NullMarked
                final class Example {
                    private Example() {}
                    static final class Counter {
                        private int count;
                        void add(int n) { count += n; }
                        int count() { return count; }
                    }
                    %s
                }
                """.formatted(members));
    }

    @Test
    void aLambdaThatCapturesAnArrayDoesNotCompile() {
        compile("static UdpHandler f(long[] counts) { return (burst, sender) -> counts[0] += burst.size(); }")
                .fails("[Immutable]", "counts");
    }

    @Test
    void aLambdaThatCapturesStateOfEachQueueCompiles() {
        compile("""
                static UdpHandler f(PerQueue<Counter> counts) {
                    return (burst, sender) -> counts.of(burst.queue()).add(burst.size());
                }""").passes();
    }

    @Test
    void aMethodReferenceToAnObjectThatChangesDoesNotCompile() {
        compile("""
                static final class Echo {
                    private int calls;
                    void onBurst(UdpBurst burst, UdpSender sender) { calls++; }
                    int calls() { return calls; }
                }
                static UdpHandler f(Echo echo) { return echo::onBurst; }""").fails("[Immutable]", "Echo");
    }

    @Test
    void aStaticMethodReferenceCompiles() {
        compile("""
                static void onBurst(UdpBurst burst, UdpSender sender) { sender.flush(); }
                static UdpHandler f() { return Example::onBurst; }""").passes();
    }

    @Test
    void aRequestHandlerWithAFieldThatChangesDoesNotCompile() {
        compile(requestHandler("private int requests;", "if (++requests > 9) { return RequestStatus.REFUSE; }"))
                .fails("[Immutable]", "requests");
    }

    @Test
    void aRequestHandlerWithFinalFieldsOnlyCompiles() {
        compile(requestHandler(
                        "private final PerQueue<Counter> requests = new PerQueue<>(2, queue -> new Counter());",
                        "requests.of(queue).add(1);"))
                .passes();
    }

    private static String requestHandler(String field, String count) {
        return """
                @Immutable
                static final class Handler implements RequestHandler {
                    %s
                    @Override
                    public RequestStatus handle(int queue, SliceList request, SliceList response) {
                        %s
                        return RequestStatus.REPLY;
                    }
                    @Override
                    public RequestStatus tooLarge(int queue, long length, long limit, SliceList response) {
                        return RequestStatus.REFUSE;
                    }
                }
                """.formatted(field, count);
    }
}
