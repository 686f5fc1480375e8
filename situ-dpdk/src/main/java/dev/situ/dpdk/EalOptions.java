package dev.situ.dpdk;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/// How DPDK's environment (its EAL) is started: command-line arguments, as every DPDK program takes them.
///
/// | | arguments | needs |
/// |---|---|---|
/// | [#withoutHugePages] | `--no-pci --no-huge --no-shconf -m N` | nothing |
/// | [#inMemory] | `--no-pci --in-memory -m N` | 2 MiB pages set aside |
/// | [#of] | what is given: `-a 0000:01:00.0` | a card, huge pages |
///
/// @param arguments without the program's name. Where they choose no core, [Eal] chooses one: only one is
///        needed, as other threads are registered by [Eal#register].
public record EalOptions(List<String> arguments) {
    /// Arguments that print a text and end the process: not for a library.
    private static final Pattern ENDS_THE_PROCESS = Pattern.compile("--he.*|-[vi]*h.*");

    private static final int MIN_MEGABYTES = 8;

    /// Checks the arguments.
    ///
    /// @throws IllegalArgumentException if one would end the process
    public EalOptions {
        arguments = List.copyOf(arguments);
        for (String argument : arguments) {
            if (ENDS_THE_PROCESS.matcher(argument).matches() || argument.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("not an EAL argument that can be given here: " + argument);
            }
        }
    }

    /// Just these arguments.
    public static EalOptions of(String... arguments) {
        return new EalOptions(List.of(arguments));
    }

    /// For virtual devices, unprivileged, in ordinary pages: for tests, and to try it out.
    ///
    /// @param megabytes for packets and everything else: at least 8
    public static EalOptions withoutHugePages(int megabytes) {
        return of("--no-pci", "--no-huge", "--no-shconf", "-m", checked(megabytes))
                .quiet();
    }

    /// For virtual devices, in huge pages that no other process can see and that are given back at the end.
    ///
    /// @param megabytes for packets and everything else: at least 8
    public static EalOptions inMemory(int megabytes) {
        return of("--no-pci", "--in-memory", "-m", checked(megabytes)).quiet();
    }

    private static String checked(int megabytes) {
        if (megabytes < MIN_MEGABYTES) {
            throw new IllegalArgumentException("DPDK needs at least 8 MB, not " + megabytes);
        }
        return Integer.toString(megabytes);
    }

    /// Virtual devices need no physical addresses; no socket for telemetry; no word about what went well.
    private EalOptions quiet() {
        return with(
                "--iova-mode=va",
                "--no-telemetry",
                "--log-level=lib.eal:warning",
                // It warns that there are no secondary processes.
                "--log-level=pmd.net.memif:error");
    }

    /// These arguments and `more`.
    public EalOptions with(String... more) {
        List<String> all = new ArrayList<>(arguments);
        for (String argument : more) {
            all.add(Objects.requireNonNull(argument));
        }
        return new EalOptions(all);
    }

    /// Whether they choose cores.
    boolean choosesCores() {
        return arguments.stream()
                .anyMatch(argument -> argument.startsWith("-l")
                        || argument.startsWith("-c")
                        || argument.startsWith("-s")
                        || argument.startsWith("--lc"));
    }
}
