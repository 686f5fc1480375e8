package dev.situ.bench.frame;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Commands that start a JVM like this one: the same JDK, the same modules or the same class path.
public final class Java {
    /// What the launcher gives the JVM besides modules, `docs/dev/jvm-options.md`: for every process whose code is
    /// Situ's, at either end.
    public static final List<String> LAUNCHER = List.of(
            "-XX:+UseZGC",
            "-Xms256m",
            "-Xmx256m",
            "-XX:TrimNativeHeapInterval=5000",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:MaxInlineLevel=20",
            "-XX:CompileCommand=quiet",
            "-XX:CompileCommand=dontinline,dev.situ.socket.KernelCalls::*");

    private static final String NATIVE = "dev.situ.memory,dev.situ.socket,dev.situ.dpdk,io.netty.common";

    private Java() {}

    /// The command, ready for the arguments of `mainClass`.
    ///
    /// @param module the module of the main class
    /// @param jvmOptions what else the JVM is told
    public static List<String> command(String module, String mainClass, List<String> jvmOptions) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(Objects.requireNonNull(System.getProperty("java.home")), "bin", "java")
                .toString());
        command.addAll(jvmOptions);
        // JCTools counts on Unsafe; the warning would only be read as an error.
        command.add("--sun-misc-unsafe-memory-access=allow");
        @Nullable String modulePath = System.getProperty("jdk.module.path");
        String classPath = Objects.requireNonNullElse(System.getProperty("java.class.path"), "");
        if (modulePath == null) {
            command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp", classPath, mainClass));
            return command;
        }
        command.addAll(List.of("--enable-native-access=" + NATIVE, "--module-path", modulePath));
        if (!classPath.isEmpty()) {
            command.addAll(List.of("--class-path", classPath));
        }
        command.addAll(List.of("--module", module + "/" + mainClass));
        return command;
    }
}
