package dev.situ.dpdk;

import dev.situ.dpdk.ffi.DpdkRelease;
import dev.situ.dpdk.ffi.EalCalls;
import dev.situ.dpdk.ffi.InterruptThread;
import dev.situ.dpdk.ffi.LayoutCheck;
import dev.situ.dpdk.ffi.Libraries;
import dev.situ.dpdk.ffi.Refusal;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// DPDK's environment in this process: its memory, devices and threads. Started once, ended once.
///
/// ```
///   Eal.start ──▶ control thread: rte_eal_init, checks of the layout, ports, pools … rte_eal_cleanup
///   poller ─▶ register() ──▶ poll a DpdkPort's queue … ──▶ close()
/// ```
///
/// ```java
/// try (Eal eal = Eal.start(EalOptions.withoutHugePages(64));
///         DpdkPacketPool pool = DpdkPacketPool.create(eal, 4096);
///         DpdkPort port = DpdkPort.open(eal, pool, DpdkPortOptions.of("net_tap0,iface=situ0"))) {
///     …
/// }
/// ```
///
/// Safe for all threads. Needs `--enable-native-access=dev.situ.dpdk,dev.situ.memory`.
public final class Eal implements AutoCloseable {
    private static final String PROGRAM = "situ";

    private static @Nullable Eal started;

    private final ControlThread control;
    private final DpdkRelease release;
    private final InterruptThread interrupts;
    private final Set<Object> open = ConcurrentHashMap.newKeySet();
    private volatile int lcores;
    private volatile boolean closed;

    private Eal(ControlThread control, DpdkRelease release, InterruptThread interrupts) {
        this.control = control;
        this.release = release;
        this.interrupts = interrupts;
        noteLcore(control.call(EalCalls::lcore));
    }

    /// Starts DPDK in this process.
    ///
    /// @throws DpdkException if DPDK is not installed, is another than expected, or refuses the arguments
    /// @throws IllegalStateException if it was started before, ended or not: DPDK can be started once a process
    public static synchronized Eal start(EalOptions options) {
        DpdkRelease release = installed();
        if (started != null) {
            throw new IllegalStateException("DPDK is started once a process, and was started before");
        }
        ControlThread control = new ControlThread();
        try {
            Eal eal = new Eal(control, release, control.call(() -> init(release, options)));
            started = eal;
            return eal;
        } catch (DpdkException e) {
            control.end();
            throw e;
        }
    }

    private static DpdkRelease installed() {
        try {
            return Libraries.require();
        } catch (Refusal e) {
            throw new DpdkException(String.valueOf(e.getMessage()), e);
        }
    }

    /// Why DPDK cannot be used in this process, or `null` if it is installed.
    public static @Nullable String missing() {
        try {
            installed();
            return null;
        } catch (DpdkException e) {
            return e.getMessage();
        }
    }

    /// To be called on the control thread.
    private static InterruptThread init(DpdkRelease release, EalOptions options) {
        List<String> arguments = new ArrayList<>(options.arguments());
        if (!options.choosesCores()) {
            arguments.add("--lcores=0@" + firstAllowedCpu());
        }
        // The EAL keeps pointers to its arguments.
        MemorySegment argv = Arena.global().allocate(ValueLayout.JAVA_LONG, arguments.size() + 2L);
        argv.setAtIndex(
                ValueLayout.JAVA_LONG, 0, Arena.global().allocateFrom(PROGRAM).address());
        for (int i = 0; i < arguments.size(); i++) {
            MemorySegment argument = Arena.global().allocateFrom(arguments.get(i));
            argv.setAtIndex(ValueLayout.JAVA_LONG, i + 1L, argument.address());
        }
        if (EalCalls.init(arguments.size() + 1, argv.address()) < 0) {
            throw new DpdkException("DPDK " + release.version() + " did not start with " + String.join(" ", arguments)
                    + ": " + EalCalls.errorText(EalCalls.errno()));
        }
        try {
            LayoutCheck.pools();
            return InterruptThread.attach();
        } catch (Refusal e) {
            EalCalls.cleanup();
            throw new DpdkException(String.valueOf(e.getMessage()), e);
        }
    }

    /// The first core that this thread may run on, for the control thread to be bound to.
    private static int firstAllowedCpu() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/thread-self/status"))) {
                if (line.startsWith("Cpus_allowed_list:")) {
                    return Integer.parseInt(
                            line.substring(line.indexOf(':') + 1).strip().split("[-,]", 2)[0]);
                }
            }
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
        return 0;
    }

    /// The release that was loaded: `22.11`.
    public String version() {
        return release.version();
    }

    /// Registers the calling thread, which is to poll. Works for unregistered threads, too, but slower.
    ///
    /// @throws DpdkException if DPDK has no number left
    /// @throws IllegalStateException if it is a virtual thread, or registered already
    public EalThread register() {
        requireOpen();
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a virtual thread cannot be registered: it changes its carrier");
        }
        if (EalCalls.lcore() != EalCalls.NO_LCORE) {
            throw new IllegalStateException("thread " + Thread.currentThread().getName() + " is registered already");
        }
        if (EalCalls.threadRegister() < 0) {
            throw new DpdkException("DPDK does not register thread "
                    + Thread.currentThread().getName() + ": " + EalCalls.errorText(EalCalls.errno()));
        }
        int lcore = EalCalls.lcore();
        noteLcore(lcore);
        EalThread thread = new EalThread(this, lcore);
        open.add(thread);
        return thread;
    }

    private synchronized void noteLcore(int lcore) {
        lcores = Math.max(lcores, lcore + 1);
    }

    /// The thread that drivers use beside ours. To be called on the control thread.
    InterruptThread interrupts() {
        return interrupts;
    }

    /// All numbers of threads are below this.
    int lcores() {
        return lcores;
    }

    /// Makes a call on the control thread.
    <T> T call(Callable<T> call) {
        requireOpen();
        return control.call(call);
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("DPDK is ended");
        }
    }

    /// Notes something that is to be closed before the EAL is.
    void remember(Object resource) {
        open.add(resource);
    }

    /// Whether there is such a port among those that are open.
    boolean hasOpen(Predicate<DpdkPort> which) {
        return open.stream().anyMatch(resource -> resource instanceof DpdkPort port && which.test(port));
    }

    void forget(Object resource) {
        open.remove(resource);
    }

    /// Ends DPDK in this process, for good. To be called after everything else of it was closed.
    ///
    /// @throws IllegalStateException if a port, a pool or a registered thread is left: freeing its memory would
    ///         be a crash
    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (!open.isEmpty()) {
            throw new IllegalStateException("DPDK cannot be ended while there are " + open);
        }
        closed = true;
        control.call(() -> {
            // The memory that it would touch goes with the EAL.
            interrupts.settle();
            return EalCalls.cleanup();
        });
        control.end();
    }
}
