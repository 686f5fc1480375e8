package dev.situ.dpdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The EAL: started once, threads registered, ended in order. That it starts at all means that every offset was
/// compared with the library that is loaded.
@Timeout(60)
class EalTest {
    private static Eal eal;

    @BeforeAll
    static void start() {
        eal = TestEal.start();
    }

    @AfterAll
    static void end() {
        if (eal == null) {
            return;
        }
        eal.close();
        eal.close();
        assertThatIllegalStateException().isThrownBy(eal::register).withMessage("DPDK is ended");
        assertThatIllegalStateException().isThrownBy(() -> DpdkPacketPool.create(eal, 64));
        assertThatIllegalStateException()
                .isThrownBy(() -> Eal.start(EalOptions.of()))
                .withMessageContaining("once");
    }

    @Test
    void itKnowsItsRelease() {
        assertThat(eal.version()).matches("\\d\\d\\.11");
    }

    @Test
    void itIsStartedOnce() {
        assertThatIllegalStateException()
                .isThrownBy(() -> Eal.start(EalOptions.of()))
                .withMessageContaining("once");
    }

    @Test
    void startingItBindsNoThreadOfTheProgram() throws Exception {
        assertThat(Affinity.ofThisThread()).isEqualTo(Affinity.ofProcess());
    }

    @Test
    void threadsGetNumbersOfTheirOwn() throws Exception {
        int threads = 4;
        Set<Integer> numbers = ConcurrentHashMap.newKeySet();
        CyclicBarrier together = new CyclicBarrier(threads);
        List<Thread> started = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            started.add(Thread.ofPlatform().start(() -> {
                try (EalThread thread = eal.register()) {
                    numbers.add(thread.lcore());
                    together.await();
                } catch (Exception e) {
                    synchronized (failures) {
                        failures.add(e);
                    }
                }
            }));
        }
        for (Thread thread : started) {
            thread.join();
        }
        assertThat(failures).isEmpty();
        assertThat(numbers).hasSize(threads);
    }

    @Test
    void aThreadIsRegisteredOnce() {
        try (EalThread _ = eal.register()) {
            assertThatIllegalStateException().isThrownBy(eal::register).withMessageContaining("registered already");
        }
        try (EalThread again = eal.register()) {
            assertThat(again.lcore()).isNotNegative();
        }
    }

    @Test
    void aVirtualThreadIsNotRegistered() throws Exception {
        List<String> messages = new ArrayList<>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        eal.register().close();
                    } catch (IllegalStateException e) {
                        messages.add(e.getMessage());
                    }
                })
                .join();
        assertThat(messages).singleElement().asString().contains("virtual");
    }

    @Test
    void onlyTheThreadItselfUnregisters() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        try (EalThread mine = eal.register()) {
            Thread.ofPlatform()
                    .start(() -> {
                        assertThatIllegalStateException().isThrownBy(mine::close);
                        done.countDown();
                    })
                    .join();
        }
        assertThat(done.getCount()).isZero();
    }

    @Test
    void itDoesNotEndUnderWhatIsOpen() {
        try (EalThread _ = eal.register()) {
            assertThatIllegalStateException()
                    .isThrownBy(eal::close)
                    .withMessageContaining(Thread.currentThread().getName());
        }
        try (DpdkPacketPool _ = DpdkPacketPool.create(eal, 63)) {
            assertThatIllegalStateException().isThrownBy(eal::close).withMessageContaining("pool situ_packets_");
        }
    }

    @Test
    void argumentsThatEndTheProcessAreRefused() {
        for (String argument : List.of("-h", "--help", "--he", "-vh", "-ih")) {
            assertThatIllegalArgumentException()
                    .as(argument)
                    .isThrownBy(() -> EalOptions.of("-l", "0", argument))
                    .withMessageContaining(argument);
        }
        assertThat(EalOptions.of("--huge-dir", "/mnt/huge", "-n", "4").arguments())
                .hasSize(4);
    }

    @Test
    void tooMuchMemoryIsOneLine() {
        assertThatExceptionOfType(DpdkException.class)
                .isThrownBy(() -> DpdkPacketPool.create(eal, 1 << 20))
                .withMessageMatching(
                        "DPDK does not get \\d+ bytes of packet memory: Cannot allocate memory; is .*\\(-m\\).*");
    }
}
