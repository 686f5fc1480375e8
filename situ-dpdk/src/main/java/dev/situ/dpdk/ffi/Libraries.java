package dev.situ.dpdk.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// DPDK's shared libraries, loaded once and for good: those of the newest release that is tested, else of the
/// next.
///
/// Drivers are not loaded here: the EAL loads what lies in its plugin folder by itself.
@SuppressWarnings("restricted")
public final class Libraries {
    private static final String[] NAMES = {"librte_eal", "librte_mempool", "librte_mbuf", "librte_ethdev"};
    private static final String INSTALL = "install Debian's packages dpdk, librte-meta-net and librte-meta-mempool";

    private static final @Nullable Libraries FOUND;
    private static final @Nullable String REFUSED;

    static {
        Libraries found = null;
        String refused = null;
        try {
            found = find();
        } catch (Refusal e) {
            refused = e.getMessage();
        }
        FOUND = found;
        REFUSED = refused;
    }

    private final DpdkRelease release;
    private final SymbolLookup symbols;

    private Libraries(DpdkRelease release, SymbolLookup symbols) {
        this.release = release;
        this.symbols = symbols;
    }

    private static Libraries find() {
        String system = System.getProperty("os.name", "") + "/" + System.getProperty("os.arch", "");
        if (!system.toLowerCase(Locale.ROOT).equals("linux/amd64")) {
            throw new Refusal("situ-dpdk needs Linux on x86-64, this is " + system);
        }
        for (DpdkRelease release : DpdkRelease.all()) {
            SymbolLookup all = open(release.soname(NAMES[0]));
            if (all != null) {
                for (int i = 1; i < NAMES.length; i++) {
                    String soname = release.soname(NAMES[i]);
                    SymbolLookup library = open(soname);
                    if (library == null) {
                        throw new Refusal("DPDK " + release.version() + " is not installed completely, " + soname
                                + " is missing: " + INSTALL);
                    }
                    all = all.or(library);
                }
                return new Libraries(release, all);
            }
        }
        String tried = DpdkRelease.all().stream()
                .map(release -> release.soname(NAMES[0]) + " (" + release.version() + ")")
                .collect(Collectors.joining(", "));
        throw new Refusal("DPDK is not installed, none of " + tried + " can be loaded: " + INSTALL);
    }

    private static @Nullable SymbolLookup open(String soname) {
        try {
            return SymbolLookup.libraryLookup(soname, Arena.global());
        } catch (IllegalArgumentException e) {
            return null;
        } catch (IllegalCallerException e) {
            Module own = Libraries.class.getModule();
            throw new Refusal(
                    "situ-dpdk calls DPDK through native access, which is denied: start java with"
                            + " --enable-native-access="
                            + (own.isNamed() ? own.getName() + ",dev.situ.memory" : "ALL-UNNAMED"),
                    e);
        }
    }

    /// Which release was loaded. To be called before anything else of this package.
    ///
    /// @throws Refusal if DPDK is not there or native access is denied; the message says in
    ///         one line what to do
    public static DpdkRelease require() {
        return found().release;
    }

    private static Libraries found() {
        if (FOUND == null) {
            throw new Refusal(String.valueOf(REFUSED));
        }
        return FOUND;
    }

    /// The address of a function or variable; of the calling thread's own, for a variable that each thread has one
    /// of.
    static MemorySegment symbol(String name) {
        Libraries libraries = found();
        return libraries
                .symbols
                .find(name)
                .orElseThrow(() -> new Refusal("DPDK " + libraries.release.version() + " has no " + name));
    }

    /// The first `bytes` bytes of the variable `name`; see [#symbol].
    static MemorySegment variable(String name, long bytes) {
        return symbol(name).reinterpret(bytes);
    }

    /// A handle on the function `name`. Never critical: a call that takes long would hold back a garbage
    /// collection.
    static MethodHandle link(String name, @Nullable MemoryLayout result, MemoryLayout... arguments) {
        return Linker.nativeLinker().downcallHandle(symbol(name), descriptor(result, arguments));
    }

    /// The address of a function of the C library.
    static MemorySegment symbolOfC(String name) {
        return Linker.nativeLinker().defaultLookup().findOrThrow(name);
    }

    /// A handle on the function `name` of the C library.
    static MethodHandle linkC(String name, MemoryLayout result, MemoryLayout... arguments) {
        return Linker.nativeLinker().downcallHandle(symbolOfC(name), descriptor(result, arguments));
    }

    /// A handle on functions of one type, whose address is its first argument.
    static MethodHandle linkPointer(MemoryLayout result, MemoryLayout... arguments) {
        return Linker.nativeLinker().downcallHandle(descriptor(result, arguments));
    }

    private static FunctionDescriptor descriptor(@Nullable MemoryLayout result, MemoryLayout[] arguments) {
        return result == null ? FunctionDescriptor.ofVoid(arguments) : FunctionDescriptor.of(result, arguments);
    }

    /// `bytes` bytes of native memory at `address`, which is trusted to be right.
    public static MemorySegment at(long address, long bytes) {
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    /// The C string at `address`, at most `limit` bytes of it.
    static String string(long address, int limit) {
        return address == 0 ? "" : at(address, limit).getString(0);
    }

    /// A downcall handle throws nothing by itself; what comes is an error of the machine.
    static Error unexpected(Throwable t) {
        return t instanceof Error e ? e : new AssertionError("a native call threw", t);
    }
}
